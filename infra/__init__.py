"""The infrastructure, as CDK stacks and one construct per capability."""

from infra.toolchain import use_packaged_node

use_packaged_node()
