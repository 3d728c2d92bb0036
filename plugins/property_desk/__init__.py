"""The property desk's papers (PROCEDURES 3.J): so far what leaves the gate."""
