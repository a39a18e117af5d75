"""Building blocks of options: each function returns resources for one AWS noun, least privilege by default."""
