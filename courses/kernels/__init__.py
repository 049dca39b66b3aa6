"""Learners' kernels: one for each learner and chapter, which only its owner can reach."""
