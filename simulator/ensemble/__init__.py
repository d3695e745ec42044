"""Many seeds over workers: not furnished yet. Run seeds one by one with `run(scenario, seed)`."""
