"""A linked open data registry for the integration of immigrants in Bulgaria."""
