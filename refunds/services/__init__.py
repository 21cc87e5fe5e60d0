"""Acts on refunds, one module for each thing that people or timers do."""
