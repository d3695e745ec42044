"""What each way to bring down the noise of an answer gains, measured."""
