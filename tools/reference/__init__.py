"""The reference pages of docs/, written from the code itself, so that they cannot say anything else."""
