"""`python -m guanjia` is the command `guanjia`."""

from guanjia.cli import main

main()
