"""Other ways to answer the same questions, one module each, each with `answers(folder, as_of)`."""
