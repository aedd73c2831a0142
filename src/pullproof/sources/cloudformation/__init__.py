"""CloudFormation, SAM and CDK: templates and assemblies, read into an estate."""
