"""The least effort that reaches a level: what answers can move to, what that costs, and the exact optimum."""
