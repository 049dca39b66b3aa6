"""The platform's vocabulary: plain dataclasses and functions on them, no input or output."""
