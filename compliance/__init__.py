"""The office upstairs: policies, reviews, the dossier. It imports campaigns and preferences."""
