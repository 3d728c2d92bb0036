"""A worker process, run as `dramatiq guanjia.worker`: every plugin loaded, one actor declared."""

import signal
from types import FrameType

import dramatiq

from admin_ui import shell
from auth.acting import person_at_work
from core.kit import log
from guanjia.app import load_catalogue
from jobs import acting, actor
from jobs.broker import make_broker


def end_once() -> None:
    """Let dramatiq hear one SIGTERM only: at a second it drops its work and then waits for its own threads
    for ever.
    """
    end = signal.getsignal(signal.SIGTERM)
    if not callable(end):
        return

    def once(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        end(number, frame)

    signal.signal(signal.SIGTERM, once)


end_once()
log.configure()
shell.install(load_catalogue())
acting.resolve_people_with(person_at_work)
broker = make_broker()
dramatiq.set_broker(broker)
actor.declare(broker)
