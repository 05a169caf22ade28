"""Of a live source the newest picture is given, and what nobody fetched in time is counted; of a file none is lost."""

import threading
from collections.abc import Iterator

import pytest
from videos import GREY

from coach.errors import BadVideo, NoCamera
from coach.frame import Image
from coach.vision.camera import open_camera, read_camera
from coach.vision.feed import AHEAD, Feed

Item = tuple[float, Image]


class Driver:
    """A camera that gives a picture whenever it is told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.given, self.error = 0, error
        self.released = threading.Event()
        self._wanted = threading.Semaphore(0)
        self._fetched = threading.Semaphore(0)
        self._ends = False

    def give(self, pictures: int) -> None:
        """Return when all of them have been fetched by the thread that reads."""
        for _ in range(pictures):
            self._wanted.release()
            assert self._fetched.acquire(timeout=5.0)

    def end(self) -> None:
        self._ends = True
        self._wanted.release()

    def pictures(self) -> Iterator[Item]:
        try:
            while True:
                self._wanted.acquire()
                if self._ends:
                    if self.error is not None:
                        raise self.error
                    return
                self.given += 1
                yield self.given / 30, GREY
                self._fetched.release()  # asked for the next one: this one lies in the box
        finally:
            self.released.set()


def begun(driver: Driver, **options: float) -> Feed:
    """A camera whose first picture was taken."""
    camera = Feed(driver.pictures(), live=True, **options)
    giving = threading.Thread(target=driver.give, args=(1,))
    giving.start()
    assert next(camera)[0] == pytest.approx(1 / 30)
    giving.join(5.0)
    return camera


def test_the_newest_picture_wins_and_the_others_are_counted() -> None:
    driver = Driver()
    camera = begun(driver)
    driver.give(4)
    assert next(camera)[0] == pytest.approx(5 / 30)
    assert camera.dropped == 3
    driver.give(1)
    assert next(camera)[0] == pytest.approx(6 / 30)
    assert camera.dropped == 3
    driver.end()
    camera.close()


def test_each_picture_is_given_once_and_the_next_is_waited_for() -> None:
    driver = Driver()
    camera = begun(driver)
    got: list[Item] = []
    waiting = threading.Thread(target=lambda: got.append(next(camera)))
    waiting.start()
    waiting.join(0.05)
    assert waiting.is_alive()
    assert not got
    driver.give(1)
    waiting.join(5.0)
    assert got[0][0] == pytest.approx(2 / 30)
    driver.end()
    camera.close()


def test_what_was_given_before_the_end_is_still_taken() -> None:
    driver = Driver()
    camera = begun(driver)
    driver.give(1)
    driver.end()
    camera._thread.join(5.0)
    assert [time for time, _ in camera] == [pytest.approx(2 / 30)]


def test_what_goes_wrong_in_the_thread_comes_out_where_pictures_are_asked_for() -> None:
    driver = Driver(NoCamera("camera 0 was unplugged"))
    camera = begun(driver)
    driver.end()
    with pytest.raises(NoCamera, match="was unplugged"):
        next(camera)
    assert driver.released.is_set()


def test_a_camera_that_hangs_is_given_up() -> None:
    camera = begun(Driver(), stalls_s=0.05)
    with pytest.raises(NoCamera, match="no picture for"):
        next(camera)
    camera.close(timeout_s=0.05)  # the thread is stuck; nobody waits for it


def test_closing_lets_the_driver_go() -> None:
    driver = Driver()
    camera = begun(driver)
    closing = threading.Thread(target=camera.close)
    closing.start()
    driver._wanted.release()  # the picture that it is waiting for
    closing.join(5.0)
    assert driver.released.wait(5.0)
    Feed(Driver().pictures(), live=True).close()  # one that was never begun


def test_of_a_file_all_pictures_come_in_their_order_and_only_a_few_are_read_ahead() -> None:
    read = []

    def pictures() -> Iterator[Item]:
        for i in range(50):
            read.append(i)
            yield float(i), GREY

    feed = Feed(pictures(), live=False)
    for i in range(50):
        assert next(feed)[0] == i
        assert len(read) <= i + AHEAD + 2  # those that wait, this one, and the one that finds no room
    assert list(feed) == []
    assert feed.dropped == 0


def test_a_file_that_breaks_off_gives_what_was_before_and_then_says_so() -> None:
    def pictures() -> Iterator[Item]:
        yield 0.0, GREY
        yield 1.0, GREY
        raise BadVideo("cut off")

    feed = Feed(pictures(), live=False)
    assert [next(feed)[0], next(feed)[0]] == [0.0, 1.0]
    with pytest.raises(BadVideo, match="cut off"):
        next(feed)


def test_closing_in_the_middle_of_a_file_lets_it_go() -> None:
    released = threading.Event()

    def pictures() -> Iterator[Item]:
        try:
            for i in range(10**6):
                yield float(i), GREY
        finally:
            released.set()

    feed = Feed(pictures(), live=False)
    next(feed)
    feed.close()
    assert released.wait(5.0)


def test_a_camera_that_is_not_there_is_said_to_be_missing(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NoCamera, match="no camera 97: plug one in") as caught:
        next(read_camera(97))
    assert caught.value.exit_status == 3
    assert capfd.readouterr().err == ""
    with pytest.raises(NoCamera, match="no camera 97"):
        next(open_camera(97))
