"""Many enterprises at once: readers, the kernel, writers, a local run and a Spark run."""
