"""Work after the commit: outbox relay, worker, sweeps and periodic jobs, audit seal, live updates."""
