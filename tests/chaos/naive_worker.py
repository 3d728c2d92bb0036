"""`dramatiq tests.chaos.naive_worker`: a worker without an inbox."""

from guanjia.worker import broker
from tests.chaos.naive import forget_precautions

forget_precautions()
__all__ = ["broker"]
