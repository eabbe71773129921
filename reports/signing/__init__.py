"""Electronic signatures on plain bytes: keys, signing, verification; knows neither database nor request (docs/adr/0014)."""
