"""A message for every row of the error catalogue, shaped as Fargate shapes them; all names are invented."""

ECR = "unable to pull secrets or registry auth"
ROLE = "arn:aws:sts::111122223333:assumed-role/app-execution/0123456789abcdef0"
DENIED = f"AccessDeniedException: User: {ROLE} is not authorized to perform"
LAYER = "https://prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com/ab12/111122223333/sha"
SIGNED = (
    f"{LAYER}?X-Amz-Security-Token=SECRETTOKEN&X-Amz-Algorithm=AWS4-HMAC-SHA256"
    "&X-Amz-Credential=ASIAQWERTYUIOPASDFGH%2F20261120&X-Amz-Signature=SECRETSIGNATURE"
)
REGISTRY = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
RETRIED = "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref"

#: row -> (the message, its launch step, the likeliest cause)
MESSAGES: dict[str, tuple[str, str, str]] = {
    "ecr-auth-denied": (
        (
            f"ResourceInitializationError: {ECR}: execution resource retrieval failed: unable to retrieve ecr"
            f" registry auth: service call has been retried 1 time(s): {DENIED}: ecr:GetAuthorizationToken on"
            " resource: * because no identity-based policy allows the ecr:GetAuthorizationToken action"
        ),
        "ecr-login",
        "iam-missing-action",
    ),
    "ecr-auth-connection": (
        (
            f"ResourceInitializationError: {ECR}: The task cannot pull registry auth from Amazon ECR: There is a"
            " connection issue between the task and Amazon ECR. Check your task network configuration. operation"
            " error ECR: GetAuthorizationToken, exceeded maximum number of attempts, 3, https response error"
            " StatusCode: 0, RequestID: , request send failed, Post"
            ' "https://api.ecr.eu-west-1.amazonaws.com/": dial tcp 54.239.33.7:443: i/o timeout'
        ),
        "ecr-login",
        "endpoint-missing",
    ),
    "ecr-auth-retried": (
        (
            f"ResourceInitializationError: {ECR}: execution resource retrieval failed: unable to retrieve ecr"
            " registry auth: service call has been retried 3 time(s): RequestError: send request failed caused"
            " by: Post https://api.ecr.eu-west-1.amazonaws.com/: dial tcp 10.0.1.25:443: i/o timeout"
        ),
        "ecr-login",
        "sg-ingress",
    ),
    "ecr-auth-killed": (
        f"ResourceInitializationError: {ECR}: pull command failed: : signal: killed",
        "ecr-login",
        "endpoint-missing",
    ),
    "image-platform": (
        (
            "CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest does not"
            " contain descriptor matching platform 'linux/amd64'"
        ),
        "image-manifest",
        "",
    ),
    "image-attestation": (
        (
            "CannotPullContainerError: failed to get stream processor for application/vnd.in-toto+json: no"
            " processor for media-type"
        ),
        "image-manifest",
        "",
    ),
    "image-rate-limit": (
        f"{RETRIED} docker.io/library/redis:7: toomanyrequests: You have reached your pull rate limit.",
        "image-manifest",
        "",
    ),
    "image-not-found": (
        f"{RETRIED} {REGISTRY}/app:v9: {REGISTRY}/app:v9: not found",
        "image-manifest",
        "iam-missing-action",
    ),
    "image-certificate": (
        (
            f'{RETRIED} registry.example.com/app:1: failed to do request: Head "https://registry.example.com/v2/":'
            " tls: failed to verify certificate: x509: certificate signed by unknown authority"
        ),
        "image-manifest",
        "",
    ),
    "image-access-denied": (
        (
            f"CannotPullContainerError: Error response from daemon: pull access denied for {REGISTRY}/app,"
            " repository does not exist or may require 'docker login'"
        ),
        "image-manifest",
        "iam-missing-action",
    ),
    "image-public-timeout": (
        (
            f"{RETRIED} docker.io/library/nginx:1.27: failed to do request: Head"
            ' "https://registry-1.docker.io/v2/library/nginx/manifests/1.27": dial tcp 54.198.86.24:443: i/o timeout'
        ),
        "image-manifest",
        "public-registry-unreachable",
    ),
    "image-manifest-timeout": (
        (
            f'{RETRIED} {REGISTRY}/app:1: failed to do request: Head "https://{REGISTRY}/v2/app/manifests/1":'
            " dial tcp 52.95.1.2:443: i/o timeout"
        ),
        "image-manifest",
        "endpoint-missing",
    ),
    "image-connection": (
        (
            f"CannotPullContainerError: The task cannot pull 'app:1' from the Amazon ECR repository '{REGISTRY}/app'."
            " There is a connection issue between the task and Amazon ECR. Check your task network configuration."
        ),
        "image-manifest",
        "endpoint-missing",
    ),
    "image-timeout-docker": (
        (
            f"CannotPullContainerError: API error (500): Get https://{REGISTRY}/v2/: net/http: request canceled"
            " while waiting for connection (Client.Timeout exceeded while awaiting headers)"
        ),
        "image-manifest",
        "endpoint-missing",
    ),
    "image-digest": (
        f"CannotPullImageManifestError: the digest of {REGISTRY}/app:1 was not resolved",
        "image-manifest",
        "iam-missing-action",
    ),
    "image-context-canceled": (
        "CannotPullContainerError: context canceled",
        "image-manifest",
        "endpoint-missing",
    ),
    "disk-full": (
        (
            "CannotPullContainerError: failed to unpack image on snapshotter overlayfs: write"
            " layer.tar: no space left on device"
        ),
        "image-layers",
        "",
    ),
    "unpack-failed": (
        (
            "CannotPullContainerError: ref pull has been retried 1 time(s): failed to extract layer sha256:ab:"
            " mismatch of unpacked content"
        ),
        "image-layers",
        "",
    ),
    "layers-denied": (
        (
            "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker:"
            f" failed open: unexpected status code {SIGNED}: 403 Forbidden"
        ),
        "image-layers",
        "endpoint-policy",
    ),
    "layers-denied-docker": (
        (
            "CannotPullContainerError: error pulling image configuration: error parsing HTTP 403 response body:"
            " invalid character '<' looking for beginning of value: \"<Error><Code>AccessDenied</Code>\""
        ),
        "image-layers",
        "endpoint-policy",
    ),
    "layers-timeout": (
        (
            "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker:"
            f' failed open: failed to do request: Get "{SIGNED}": dial tcp 52.218.1.2:443: i/o timeout'
        ),
        "image-layers",
        "gateway-not-associated",
    ),
    "layers-timeout-docker": (
        "DockerTimeoutError: Could not transition to started; timed out after waiting 3m0s",
        "image-layers",
        "gateway-not-associated",
    ),
    "layers-panic": (
        (
            "CannotPullContainerError: pull command failed: panic: runtime error: invalid memory address or nil"
            " pointer dereference"
        ),
        "image-layers",
        "gateway-not-associated",
    ),
    "secret-json-key": (
        (
            f"ResourceInitializationError: {ECR}: execution resource retrieval failed: unable to retrieve secret"
            " from asm: service call has been retried 1 time(s): retrieved secret from Secrets Manager did not"
            " contain json key PASSWORT"
        ),
        "secrets",
        "",
    ),
    "secret-not-json": (
        (
            f"ResourceInitializationError: {ECR}: execution resource retrieval failed: unable to retrieve secret"
            " from asm: invalid character 'h' looking for beginning of value"
        ),
        "secrets",
        "",
    ),
    "parameter-key-denied": (
        (
            f"ResourceInitializationError: {ECR}: unable to retrieve secrets from ssm: {DENIED}: kms:Decrypt on"
            " resource: arn:aws:kms:eu-west-1:111122223333:key/ab"
        ),
        "parameters",
        "iam-missing-action",
    ),
    "secret-key-denied": (
        (
            f"ResourceInitializationError: {ECR}: unable to retrieve secret from asm: AccessDeniedException:"
            " Access to KMS is not allowed"
        ),
        "secrets",
        "iam-missing-action",
    ),
    "secret-denied-old": (
        (
            "Fetching secret data from AWS Secrets Manager in region eu-west-1: secret"
            f" arn:aws:secretsmanager:eu-west-1:111122223333:secret:db: {DENIED}: secretsmanager:GetSecretValue"
        ),
        "secrets",
        "iam-missing-action",
    ),
    "secret-denied": (
        (
            f"ResourceInitializationError: {ECR}: execution resource retrieval failed: unable to retrieve secret"
            f" from asm: service call has been retried 1 time(s): {DENIED}: secretsmanager:GetSecretValue on"
            " resource: db because no VPC endpoint policy allows the secretsmanager:GetSecretValue action"
        ),
        "secrets",
        "endpoint-policy",
    ),
    "secret-not-found": (
        (
            "ResourceNotFoundException: The task can't retrieve the secret with ARN"
            " 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:db' from AWS Secrets Manager. Check whether"
            " the secret exists in the specified Region."
        ),
        "secrets",
        "missing-resource",
    ),
    "secret-connection": (
        (
            f"ResourceInitializationError: {ECR}: unable to retrieve secret from asm: There is a connection issue"
            " between the task and AWS Secrets Manager. Check your task network configuration. failed to fetch"
            " secret db from secrets manager: operation error Secrets Manager: GetSecretValue, https response"
            " error StatusCode: 0, RequestID: , canceled, context deadline exceeded"
        ),
        "secrets",
        "endpoint-missing",
    ),
    "parameter-denied": (
        (
            f"ResourceInitializationError: {ECR}: execution resource retrieval failed: unable to retrieve secrets"
            f" from ssm: service call has been retried 1 time(s): {DENIED}: ssm:GetParameters on resource: db"
        ),
        "parameters",
        "iam-missing-action",
    ),
    "parameter-not-found": (
        f"ResourceInitializationError: {ECR}: unable to retrieve secrets from ssm: invalid ssm parameters: db",
        "parameters",
        "missing-resource",
    ),
    "parameter-connection": (
        (
            f"ResourceInitializationError: {ECR}: unable to retrieve secrets from ssm: The task cannot pull secrets"
            " from AWS Systems Manager. There is a connection issue between the task and AWS Systems Manager"
            " Parameter Store. Check your task network configuration. RequestCanceled: request context canceled"
        ),
        "parameters",
        "endpoint-missing",
    ),
    "env-file-denied": (
        (
            "ResourceInitializationError: failed to download env files: service call has been retried 1 time(s):"
            " operation error S3: HeadObject, https response error StatusCode: 403, api error Forbidden: Forbidden"
        ),
        "env-files",
        "iam-missing-action",
    ),
    "env-file-missing": (
        (
            "ResourceInitializationError: failed to download env files: operation error S3: HeadObject, https"
            " response error StatusCode: 404, api error NotFound: Not Found"
        ),
        "env-files",
        "",
    ),
    "env-file-connection": (
        (
            "ResourceInitializationError: failed to download env files: file download command: non-empty error"
            " stream: RequestCanceled: request context cancelled caused by: context deadline exceeded"
        ),
        "env-files",
        "gateway-not-associated",
    ),
    "log-region-missing": (
        (
            "ResourceInitializationError: failed to validate logger args: unable to get awslogs driver arguments:"
            " awslogs-region is required"
        ),
        "logs",
        "",
    ),
    "log-region-wrong": (
        (
            "ResourceInitializationError: failed to validate logger args: create stream: MissingEndpoint: no"
            " endpoint for eu-wset-1"
        ),
        "logs",
        "",
    ),
    "log-group-missing": (
        (
            "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times:"
            " failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not"
            " exist."
        ),
        "logs",
        "log-group-missing",
    ),
    "log-denied": (
        (
            "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times:"
            f" failed to create Cloudwatch log stream: {DENIED}: logs:CreateLogStream on resource: x with an"
            " explicit deny in a service control policy"
        ),
        "logs",
        "iam-denied",
    ),
    "log-connection": (
        (
            "ResourceInitializationError: failed to validate logger args: The task cannot find the Amazon"
            " CloudWatch log group defined in the task definition. There is a connection issue between the task"
            " and Amazon CloudWatch. Check your network configuration. : signal: killed"
        ),
        "logs",
        "endpoint-missing",
    ),
    "log-driver-docker": (
        (
            "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to"
            " create Cloudwatch log stream"
        ),
        "logs",
        "log-group-missing",
    ),
    "efs-name": (
        (
            "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed"
            ' to resolve "fs-0123456789abcdef0.efs.eu-west-1.amazonaws.com" - check that your file system ID is right'
        ),
        "efs",
        "no-mount-target",
    ),
    "efs-denied": (
        (
            "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr:"
            " b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'"
        ),
        "efs",
        "iam-missing-action",
    ),
    "efs-directory": (
        (
            "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr:"
            " mount.nfs4: mounting fs-01:/data failed, reason given by server: No such file or directory"
        ),
        "efs",
        "",
    ),
    "efs-timeout": (
        (
            "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Mount"
            " attempt 1/3 failed due to timeout after 15 sec, wait 0 sec before next attempt."
            " b'mount.nfs4: mount system call failed'"
        ),
        "efs",
        "sg-ingress",
    ),
    "efs-other": (
        "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: none",
        "efs",
        "sg-ingress",
    ),
    "subnet-full": (
        (
            "(service app) was unable to place a task. Reason: Unexpected EC2 error while attempting to Create"
            " Network Interface in subnet 'subnet-0a': InsufficientFreeAddressesInSubnet"
        ),
        "",
        "",
    ),
    "interface-refused": (
        "Unexpected EC2 error while attempting to tag network interface: UnauthorizedOperation",
        "",
        "",
    ),
    "interface-timeout": ("Timeout waiting for network interface provisioning to complete.", "", ""),
    "role-not-assumed": (
        (
            "ECS was unable to assume the role 'arn:aws:iam::111122223333:role/app' that was provided for this task."
            " Please verify that the role being passed has the proper trust relationship and permissions."
        ),
        "role",
        "role-trust",
    ),
    "zone-unsupported": ("(service app) was unable to place a task. Reason: Internal error.", "", ""),
    "quota": (
        (
            "(service app) was unable to place a task. Reason: You've reached the limit on the number of vCPUs you"
            " can run concurrently."
        ),
        "",
        "",
    ),
    "no-capacity": ("Capacity is unavailable at this time. Please try again later.", "", ""),
    "launch-type": (
        "The selected task definition is not compatible with the selected compute strategy.",
        "",
        "",
    ),
    "exec-agent": (
        "An error occurred (TargetNotConnectedException) when calling the ExecuteCommand operation",
        "exec",
        "exec-unreachable",
    ),
    "container-exited": ("Essential container in task exited", "", ""),
}
