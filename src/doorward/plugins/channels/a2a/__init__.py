"""The channel of agents that speak the Agent2Agent protocol."""
