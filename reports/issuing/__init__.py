"""What can be issued, what an issued report says of itself, and the proof that its files agree."""
