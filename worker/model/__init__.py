"""The frozen types that travel along the road, one file per stretch of it.

``catalog`` what newsroad.toml declares · ``fetch`` poll → snapshot · ``feed`` snapshot → entries ·
``article`` entries → version and credit · ``delivery`` version → decision → release → answer.
Nothing here does anything; imports nothing but the standard library and its siblings.
"""
