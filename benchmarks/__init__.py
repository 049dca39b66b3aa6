"""How fast it is, measured against what users would pick instead."""
