"""The configuration part of a plan, made from the files: `terraform test` prints plans without it.

Expressions are left empty: that they are written is all that is needed, for the files themselves settle them.
"""

from collections.abc import Mapping

from pullproof.sources.terraform.hcl.bodies import names_in
from pullproof.sources.terraform.hcl.modules import Module, Project
from pullproof.sources.terraform.hcl.syntax import Block
from pullproof.sources.terraform.mocked.providers import provider_key
from pullproof.sources.terraform.plan_json import (
    ConfigCall,
    ConfigModule,
    ConfigProvider,
    ConfigResource,
    Configuration,
)


def configuration_of(project: Project, regions: Mapping[str, str], account: str) -> Configuration:
    """The configuration of a project, with the region of each provider that is known."""
    providers = {
        key: ConfigProvider(
            name="aws",
            expressions={
                "region": {"constant_value": region},
                **({"allowed_account_ids": {"constant_value": [account]}} if account else {}),
            },
        )
        for key, region in regions.items()
    }
    return Configuration(provider_config=providers, root_module=_module(project, ()))


def _module(project: Project, path: tuple[str, ...]) -> ConfigModule:
    module = project.module(path)
    if module is None:
        return ConfigModule()
    return ConfigModule(
        resources=[_resource(project, path, key, block) for key, block in module.resources.items()],
        module_calls={name: _call(project, path, name, module) for name in module.calls},
    )


def _call(project: Project, path: tuple[str, ...], name: str, module: Module) -> ConfigCall:
    block = module.calls[name]
    deep = len(path) > 15  # modules that call each other in a circle
    return ConfigCall(
        module=ConfigModule() if deep else _module(project, (*path, name)),
        count_expression={} if "count" in block.attributes else None,
        for_each_expression={} if "for_each" in block.attributes else None,
    )


def _resource(project: Project, path: tuple[str, ...], key: str, block: Block) -> ConfigResource:
    return ConfigResource(
        type=block.labels[0],
        name=block.labels[1],
        mode="data" if key.startswith("data.") else "managed",
        provider_config_key=provider_key(project, path, block),
        expressions={name: {} for name in sorted(names_in(block))},
        count_expression={} if "count" in block.attributes else None,
        for_each_expression={} if "for_each" in block.attributes else None,
    )
