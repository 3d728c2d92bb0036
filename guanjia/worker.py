"""A worker process, run as `dramatiq guanjia.worker`: every plugin loaded, one actor declared."""

import dramatiq

from admin_ui import shell
from auth.acting import person_at_work
from core.kit import log
from guanjia.app import load_catalogue
from jobs import acting, actor
from jobs.broker import make_broker

log.configure()
shell.install(load_catalogue())
acting.resolve_people_with(person_at_work)
broker = make_broker()
dramatiq.set_broker(broker)
actor.declare(broker)
