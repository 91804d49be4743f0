"""Files and folders: written whole, kept by the disk, read as a person names them."""
