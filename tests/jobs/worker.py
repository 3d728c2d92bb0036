"""`dramatiq tests.jobs.worker`: a real worker process that knows the sample plugin."""

import dramatiq

import core.builtin.plugin
import tenants.plugin
from core.kit import log
from core.plugin import host
from jobs import actor
from jobs.broker import make_broker
from tests.jobs import sample

log.configure()
host.build([core.builtin.plugin, tenants.plugin, sample], discover=False)
broker = make_broker()
dramatiq.set_broker(broker)
actor.declare(broker)
