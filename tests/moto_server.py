"""moto's server, with answers for the calls that moto does not know: `python -m tests.moto_server PORT`.

An account that has none of these things gets the same answers from AWS. Without them moto says 404 or 500,
which is what it is not about.
"""

import io
import json
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

Environment = dict[str, Any]
Application = Callable[[Environment, Callable[..., Any]], Iterable[bytes]]

XML = '<?xml version="1.0"?><{0}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">{1}</{0}Response>'
#: EC2's calls: what stands in the answer.
EC2 = {
    "DescribeVpcBlockPublicAccessOptions": (
        "<vpcBlockPublicAccessOptions><internetGatewayBlockMode>off</internetGatewayBlockMode>"
        "<state>default-state</state></vpcBlockPublicAccessOptions>"
    ),
    "DescribeVpcBlockPublicAccessExclusions": "<vpcBlockPublicAccessExclusionSet/>",
    "DescribeSecurityGroupVpcAssociations": "<securityGroupVpcAssociationSet/>",
}
#: Calls that are named in a header.
TARGETS: dict[str, Any] = {
    "Route53Resolver.ListFirewallRuleGroupAssociations": {"FirewallRuleGroupAssociations": []},
    "AmazonEC2ContainerRegistry_V20150921.DescribePullThroughCacheRules": {"pullThroughCacheRules": []},
}
#: Keys of `tests.aws` say whose they are; moto itself would need one `AssumeRole` for each account.
ACCOUNT = re.compile(r"Credential=AKIA(\d{12})TEST/")
#: Calls that are told by their path.
PATHS: dict[str, Any] = {"/profileassociations": {"ProfileAssociations": []}}


def complete(moto: Application) -> Application:
    """The application with the answers that it lacks."""

    def application(environ: Environment, start: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        # moto slices a dictionary with it.
        if b"Action=SearchTransitGatewayRoutes" in body:
            body = re.sub(rb"&MaxResults=\d+", b"", body)
            environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
        if named := ACCOUNT.search(environ.get("HTTP_AUTHORIZATION", "")):
            environ["HTTP_X_MOTO_ACCOUNT_ID"] = named[1]
        answer = _answer(environ, body)
        if answer is None:
            return moto(environ, start)
        kind, text = answer
        start("200 OK", [("Content-Type", kind), ("Content-Length", str(len(text.encode())))])
        return [text.encode()]

    return application


def _answer(environ: Environment, body: bytes) -> tuple[str, str] | None:
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if target in TARGETS:
        return "application/x-amz-json-1.1", json.dumps(TARGETS[target])
    if environ["PATH_INFO"] in PATHS:
        return "application/json", json.dumps(PATHS[environ["PATH_INFO"]])
    if b"Action=" in body:
        action = parse_qs(body.decode("utf-8", "replace")).get("Action", [""])[0]
        if action in EC2:
            return "text/xml", XML.format(action, EC2[action])
    return None


def main(port: int) -> None:
    """Serve until killed."""
    application = complete(DomainDispatcherApplication(create_backend_app))
    make_server("127.0.0.1", port, application, threaded=True).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
