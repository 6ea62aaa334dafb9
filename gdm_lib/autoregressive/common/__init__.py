"""The parts that all autoregressive models share: the product of conditionals, a context, drawing value by value."""
