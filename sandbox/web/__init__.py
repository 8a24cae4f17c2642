"""The sandbox as a recruiter sees it: a small web site of its own."""
