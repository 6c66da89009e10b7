# What the list of parts uses of CycloneDX' library, which is seldom installed.
