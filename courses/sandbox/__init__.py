"""Processes for code that nobody trusts: forked in milliseconds from a warm one, closed off in layers.

`client` is the server's side, `zygote` the warm process, `child` what a fork of it does before it runs
anything. What a child gives up, layer by layer, is in `confinement`; `layers` says what a host can give.
"""
