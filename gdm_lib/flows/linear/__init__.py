"""Linear flows z = W x + b, each a way to write W so that its determinant and its inverse are cheap."""
