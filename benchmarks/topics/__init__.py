"""What is measured, one module a topic. Each has `measure(peers)`, which returns its figures."""
