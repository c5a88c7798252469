"""What the commands of `python -m core` do, one file each: read the arguments, call the rooms, write the result."""
