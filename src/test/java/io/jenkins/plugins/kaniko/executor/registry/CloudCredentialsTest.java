package io.jenkins.plugins.kaniko.executor.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.kaniko.executor.registry.AwsKeys.Keys;
import io.jenkins.plugins.kaniko.executor.registry.Credentials.IdentityToken;
import io.jenkins.plugins.kaniko.executor.registry.Credentials.Password;
import io.jenkins.plugins.kaniko.executor.testing.CloudServer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each cloud is asked, with what proof, and what is made of its answer. */
class CloudCredentialsTest {
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-01-02T12:00:00Z"), ZoneOffset.UTC);
  private static final String ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
  private static final String ECR_ANSWER =
      "{\"authorizationData\":[{\"authorizationToken\":\"QVdTOnB3\"}]}"; // AWS:pw

  private static final String USER_ACCOUNT =
      "{\"type\":\"authorized_user\",\"client_id\":\"c\",\"client_secret\":\"s\",\"refresh_token\":\"r\"}";

  @TempDir private Path directory;
  private final Map<String, String> environment = new HashMap<>();
  private CloudServer cloud;

  @BeforeEach
  void start() throws IOException {
    cloud = new CloudServer();
    environment.put("HOME", directory.toString());
    environment.put("AWS_ENDPOINT_URL", cloud.url());
  }

  @AfterEach
  void stop() {
    cloud.close();
  }

  @ParameterizedTest
  @CsvSource({
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com, ecr",
    "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com, ecr",
    "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn, ecr",
    "123456789012.dkr-ecr.eu-west-1.on.aws, ecr",
    "public.ecr.aws, ecr",
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example,",
    "evil.example.dkr.ecr.eu-west-1.amazonaws.com,",
    "gcr.io, google",
    "eu.gcr.io, google",
    "europe-west1-docker.pkg.dev, google",
    "notgcr.io,",
    "pkg.dev.evil.example,",
    "team.azurecr.io, acr",
    "team.azurecr.cn, acr",
    "team-a1b2.azurecr.io, acr",
    "team.azurecr.io.evil.example,",
    "team.azurecr.io:5000,",
    "evilazurecr.io,",
    "a.b.azurecr.io,",
    "azurecr.io,",
    "registry.example,",
  })
  void aCloudIsAskedForItsOwnRegistriesAlone(String registry, String name) {
    String serving =
        (ecr().serves(registry) ? "ecr" : "")
            + (google().serves(registry) ? "google" : "")
            + (azure().serves(registry) ? "acr" : "");
    assertThat(serving).isEqualTo(name == null ? "" : name);
  }

  /** The example in Amazon's documentation of the signature. */
  @Test
  void aRequestIsSignedAsAmazonDoes() {
    Keys keys =
        new Keys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", Optional.empty());
    Map<String, String> headers =
        new AwsSignature(keys, "us-east-1", "iam")
            .headers(
                "GET",
                URI.create("https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08"),
                Map.of("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
                "",
                Instant.parse("2015-08-30T12:36:00Z"));

    assertThat(headers.get("authorization"))
        .isEqualTo(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
  }

  @Test
  void ecrTakesKeysOfTheEnvironment() throws Exception {
    environment.putAll(
        Map.of(
            "AWS_ACCESS_KEY_ID", "AK", "AWS_SECRET_ACCESS_KEY", "SK", "AWS_SESSION_TOKEN", "ST"));
    cloud.answer("POST /", ECR_ANSWER);

    assertThat(ecr().credentials(ECR)).contains(new Password("AWS", "pw"));

    CloudServer.Request request = cloud.requests().get(0);
    assertThat(request.header("X-Amz-Target"))
        .isEqualTo("AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken");
    assertThat(request.header("X-Amz-Security-Token")).isEqualTo("ST");
    assertThat(request.header("X-Amz-Date")).isEqualTo("20260102T120000Z");
    assertThat(request.header("Authorization"))
        .startsWith("AWS4-HMAC-SHA256 Credential=AK/20260102/eu-west-1/ecr/aws4_request, ");
    assertThat(request.body()).isEqualTo("{}").doesNotContain("SK");
  }

  @Test
  void ecrPublicHasAnAddressAndAFormOfItsOwn() throws Exception {
    environment.putAll(Map.of("AWS_ACCESS_KEY_ID", "AK", "AWS_SECRET_ACCESS_KEY", "SK"));
    cloud.answer("POST /", "{\"authorizationData\":{\"authorizationToken\":\"QVdTOnB3\"}}");

    assertThat(ecr().credentials("public.ecr.aws")).contains(new Password("AWS", "pw"));
    assertThat(cloud.requests().get(0).header("X-Amz-Target"))
        .isEqualTo("SpencerFrontendService.GetAuthorizationToken");
    assertThat(cloud.requests().get(0).header("Authorization"))
        .contains("/us-east-1/ecr-public/aws4_request");
  }

  @Test
  void ecrTakesAWebIdentity() throws Exception {
    Path token = Files.writeString(directory.resolve("token"), "jwt+of/pod\n");
    environment.putAll(
        Map.of(
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            token.toString(),
            "AWS_ROLE_ARN",
            "arn:aws:iam::1:role/r"));
    try (CloudServer sts = new CloudServer()) {
      environment.put("AWS_ENDPOINT_URL_STS", sts.url());
      sts.answer(
          "POST /",
          "<R><Credentials><AccessKeyId>AK2</AccessKeyId><SecretAccessKey>s/+=</SecretAccessKey><SessionToken>ST2</SessionToken></Credentials></R>");
      cloud.answer("POST /", ECR_ANSWER);

      assertThat(ecr().credentials(ECR)).contains(new Password("AWS", "pw"));
      assertThat(sts.requests().get(0).body())
          .isEqualTo(
              "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=kaniko-build&WebIdentityToken=jwt%2Bof%2Fpod");
      assertThat(cloud.requests().get(0).header("Authorization")).contains("Credential=AK2/");
      assertThat(cloud.requests().get(0).header("X-Amz-Security-Token")).isEqualTo("ST2");
    }
  }

  @Test
  void ecrTakesAProfileOfTheSharedFile() throws Exception {
    Files.createDirectories(directory.resolve(".aws"));
    Files.writeString(
        directory.resolve(".aws/credentials"),
        "[default]\naws_access_key_id = AK0\naws_secret_access_key=x\n\n[ci]\naws_access_key_id=AK3\naws_secret_access_key = y\n");
    cloud.answer("POST /", ECR_ANSWER);

    ecr().credentials(ECR);
    environment.put("AWS_PROFILE", "ci");
    ecr().credentials(ECR);

    assertThat(cloud.requests().get(0).header("Authorization")).contains("Credential=AK0/");
    assertThat(cloud.requests().get(1).header("Authorization")).contains("Credential=AK3/");
  }

  @Test
  void theConfigFileSaysWhatTheCredentialsFileDoesNot() throws Exception {
    aws("credentials", "[ci]\nregion=eu-west-1\naws_session_token=ST0\n");
    aws(
        "config",
        """
        [ci]
        aws_secret_access_key = of another kind of section
        [profile ci] ; a remark
        # aws_secret_access_key = none
        s3 =
          aws_secret_access_key = of what is indented
        aws_access_key_id = AK1
        aws_secret_access_key = y
        """);
    environment.put("AWS_PROFILE", "ci");
    cloud.answer("POST /", ECR_ANSWER);

    assertThat(ecr().credentials(ECR)).contains(new Password("AWS", "pw"));
    assertThat(cloud.requests().get(0).header("Authorization")).contains("Credential=AK1/");
    assertThat(cloud.requests().get(0).header("X-Amz-Security-Token")).isEmpty();
    assertThat(AwsProfile.chosen(environment).keys().orElseThrow().secret()).isEqualTo("y");
  }

  @Test
  void aProfileMayNameAProgramThatHasTheKeys() throws Exception {
    Path program = directory.resolve("the keys");
    Files.writeString(
        program,
        """
        #!/bin/sh
        test "$1" = 'a  $HOME' && test "$2" = 'q"q' && test $# = 2 || exit 9
        echo '{"Version":1,"AccessKeyId":"AK7","SecretAccessKey":"s","SessionToken":"ST7"}'
        """);
    Files.setAttribute(program, "unix:mode", 0755);
    aws("config", "[default]\ncredential_process = \"%s\" 'a  $HOME' q\\\"q\n".formatted(program));
    cloud.answer("POST /", ECR_ANSWER);

    assertThat(ecr().credentials(ECR)).contains(new Password("AWS", "pw"));
    assertThat(cloud.requests().get(0).header("Authorization")).contains("Credential=AK7/");
    assertThat(cloud.requests().get(0).header("X-Amz-Security-Token")).isEqualTo("ST7");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sh -c 'echo hunter2'                                                   | did not print JSON",
        "sh -c 'echo hunter2; exit 3'                                           | ended with 3",
        "echo '{\"Version\":1,\"AccessKeyId\":\"hunter2\"}'                       | did not print keys of version 1",
        "/nowhere/hunter2                                                       | cannot be started",
        "echo \"hunter2                                                         | has a quote without an end",
      })
  void whatAProgramWithoutKeysPrintsIsNotRepeated(String command, String problem) throws Exception {
    aws("config", "[default]\ncredential_process = " + command + "\n");

    assertThatThrownBy(() -> ecr().credentials(ECR))
        .hasMessage(
            "the credential_process of the AWS profile default %s; run it by hand to see why"
                .formatted(problem))
        .hasNoCause();
  }

  @Test
  void aProgramThatHangsIsNotWaitedForForever() {
    AwsProcess process = new AwsProcess("slow", "sh -c 'sleep 60; echo'", Duration.ofMillis(200));
    long begin = System.nanoTime();

    assertThatThrownBy(process::keys)
        .hasMessageContaining("AWS profile slow did not end within 1 seconds");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void aProgramHasItsPatienceOnce() {
    String slow = "sh -c 'sleep 1; exec >&-; sleep 1'";
    assertThatThrownBy(new AwsProcess("slow", slow, Duration.ofMillis(1500))::keys)
        .hasMessageContaining("did not end within 1 seconds");
  }

  @Test
  void aProgramMayLeaveOneBehindThatHoldsItsOutput() throws Exception {
    String answer = "{\"Version\":1,\"AccessKeyId\":\"AK7\",\"SecretAccessKey\":\"s\"}";
    Path program = directory.resolve("keys");
    Files.writeString(program, "sleep 8 &\necho '" + answer + "'\n");
    AwsProcess process = new AwsProcess("daemon", "sh " + program, Duration.ofSeconds(5));

    assertThat(process.keys()).isEqualTo(new Keys("AK7", "s", Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource({
    "default, [default], sso_session=corp",
    "default, [default], sso_start_url=https://corp.example/start",
    "ci, [profile ci], login_session=arn:aws:iam::1:user/u",
    "ci, [profile ci], role_arn=arn:aws:iam::1:role/r",
  })
  void aProfileThatTakesOtherToolsIsNamedWithWhatToDo(String name, String section, String line)
      throws Exception {
    aws("config", section + "\nregion=eu-west-1\n" + line + "\n");
    if (!name.equals("default")) {
      environment.put("AWS_PROFILE", name);
    }

    assertThatThrownBy(() -> ecr().credentials(ECR))
        .hasMessageStartingWith(
            "the AWS profile %s gets its keys by %s, which is not supported; "
                .formatted(name, line.replaceFirst("=.*", "")))
        .hasMessageContaining("aws configure export-credentials --profile " + name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"source_profile=default", "credential_source=Environment"})
  void theRoleOfAProfileCountsMoreThanItsKeys(String source) throws Exception {
    aws("credentials", "[default]\naws_access_key_id=AK0\naws_secret_access_key=x\n");
    aws("config", "[default]\n" + source + "\nrole_arn=arn:aws:iam::1:role/r\n");

    assertThatThrownBy(() -> ecr().credentials(ECR))
        .hasMessageStartingWith("the AWS profile default gets its keys by role_arn, ");
    assertThat(cloud.requests()).isEmpty();
  }

  @Test
  void theKeysOfAProfileAreOfOneFile() throws Exception {
    aws("credentials", "[default]\naws_access_key_id=AK0\naws_secret_access_key=x\n");
    aws("config", "[default]\naws_session_token=ST1\n");
    assertThat(AwsProfile.chosen(environment).keys())
        .contains(new Keys("AK0", "x", Optional.empty()));

    aws("credentials", "[default]\naws_access_key_id=AK0\n");
    aws("config", "[default]\naws_access_key_id=AK1\naws_secret_access_key=x\n");
    assertThatThrownBy(() -> ecr().credentials(ECR))
        .hasMessage(
            "the AWS profile default has aws_access_key_id without aws_secret_access_key in %s/.aws/credentials; write both there, or none"
                .formatted(directory));
  }

  @Test
  void aProfileThatIsNamedAndNotThereIsAnError() throws Exception {
    aws("credentials", "[default]\naws_access_key_id=AK0\naws_secret_access_key=x\n");
    environment.put("AWS_PROFILE", "ci");
    environment.put("AWS_CONFIG_FILE", "/nowhere/config");

    assertThatThrownBy(() -> ecr().credentials(ECR))
        .hasMessage(
            "AWS_PROFILE names the profile ci, but neither %s/.aws/credentials nor /nowhere/config has it; write it there, or unset AWS_PROFILE"
                .formatted(directory));
  }

  @Test
  void aProfileThatOnlyHasARegionLeavesTheKeysToTheMachine() throws Exception {
    aws("config", "[profile ci]\nregion = eu-west-1\n");
    environment.put("AWS_PROFILE", "ci");
    environment.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", cloud.url() + "/v1/credentials");
    cloud.answer("GET /v1/credentials", "{\"AccessKeyId\":\"AK8\",\"SecretAccessKey\":\"s\"}");
    cloud.answer("POST /", ECR_ANSWER);

    ecr().credentials(ECR);

    assertThat(cloud.requests().get(1).header("Authorization")).contains("Credential=AK8/");
  }

  @Test
  void ecrTakesTheCredentialsOfAContainer() throws Exception {
    Path token = Files.writeString(directory.resolve("token"), "pod");
    environment.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", cloud.url() + "/v1/credentials");
    environment.put("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token.toString());
    cloud.answer(
        "GET /v1/credentials",
        "{\"AccessKeyId\":\"AK4\",\"SecretAccessKey\":\"s\",\"Token\":\"ST4\"}");
    cloud.answer("POST /", ECR_ANSWER);

    assertThat(ecr().credentials(ECR)).contains(new Password("AWS", "pw"));
    assertThat(cloud.requests().get(0).header("Authorization")).isEqualTo("pod");
    assertThat(cloud.requests().get(1).header("Authorization")).contains("Credential=AK4/");
  }

  @Test
  void ecrTakesTheRoleOfAnInstance() throws Exception {
    environment.put("AWS_EC2_METADATA_SERVICE_ENDPOINT", cloud.url() + "/");
    cloud
        .answer("PUT /latest/api/token", "session")
        .answer("GET /latest/meta-data/iam/security-credentials/", "builder\n")
        .answer(
            "GET /latest/meta-data/iam/security-credentials/builder",
            "{\"AccessKeyId\":\"AK5\",\"SecretAccessKey\":\"s\",\"Token\":\"ST5\"}")
        .answer("POST /", ECR_ANSWER);

    assertThat(ecr().credentials(ECR)).contains(new Password("AWS", "pw"));
    assertThat(cloud.requests().get(0).header("X-aws-ec2-metadata-token-ttl-seconds"))
        .isEqualTo("300");
    assertThat(cloud.requests().get(1).header("X-aws-ec2-metadata-token")).isEqualTo("session");
    assertThat(cloud.requests().get(3).header("X-Amz-Security-Token")).isEqualTo("ST5");
  }

  @ParameterizedTest
  @ValueSource(ints = {2048, 3072})
  void googleTakesTheKeyOfAServiceAccount(int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    KeyPair keys = generator.generateKeyPair();
    String pem =
        "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
            .formatted(Base64.getMimeEncoder().encodeToString(keys.getPrivate().getEncoded()));
    ObjectMapper json = new ObjectMapper();
    account(
        json.writeValueAsString(
            Map.of(
                "type", "service_account",
                "client_id", "1",
                "private_key_id", "kid",
                "private_key", pem,
                "client_email", "ci@project.iam",
                "token_uri", "https://oauth2.googleapis.com/token")));
    cloud.answer("POST /token", "{\"access_token\":\"ya29\",\"expires_in\":3599}");

    assertThat(google().credentials("gcr.io")).contains(new Password("oauth2accesstoken", "ya29"));

    String body = cloud.requests().get(0).body();
    assertThat(body)
        .startsWith("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=");
    String[] jwt = body.replaceFirst(".*assertion=", "").split("\\.", -1);
    JsonNode claims = json.readTree(Base64.getUrlDecoder().decode(jwt[1]));
    assertThat(claims.path("iss").asText()).isEqualTo("ci@project.iam");
    assertThat(claims.path("aud").asText()).isEqualTo("https://oauth2.googleapis.com/token");
    assertThat(claims.path("exp").asLong() - claims.path("iat").asLong()).isEqualTo(3600);
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initVerify(keys.getPublic());
    signature.update((jwt[0] + "." + jwt[1]).getBytes(StandardCharsets.US_ASCII));
    assertThat(signature.verify(Base64.getUrlDecoder().decode(jwt[2]))).isTrue();
  }

  @Test
  void googleTakesTheAccountOfAUser() throws Exception {
    Path gcloud = Files.createDirectories(directory.resolve(".config/gcloud"));
    Files.writeString(gcloud.resolve("application_default_credentials.json"), USER_ACCOUNT);
    cloud.answer("POST /token", "{\"access_token\":\"ya30\",\"expires_in\":3599}");

    assertThat(google().credentials("a-docker.pkg.dev"))
        .contains(new Password("oauth2accesstoken", "ya30"));
    assertThat(cloud.requests().get(0).body())
        .contains("grant_type=refresh_token", "client_id=c", "client_secret=s", "refresh_token=r");
  }

  /** Workload identity federation: a token of another provider for one of Google's. */
  @Test
  void googleTakesAnExternalAccount() throws Exception {
    Path subject = Files.writeString(directory.resolve("oidc"), "jwt-of-ci");
    account(
        """
        {"type":"external_account","audience":"//iam.googleapis.com/projects/1/p","subject_token_type":"urn:ietf:params:oauth:token-type:jwt",
         "token_url":"https://sts.googleapis.com/v1/token","credential_source":{"file":"%s"},
         "service_account_impersonation_url":"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/ci@p.iam.gserviceaccount.com:generateAccessToken"}
        """
            .formatted(subject));
    cloud
        .answer(
            "POST /v1/token",
            "{\"access_token\":\"federated\",\"issued_token_type\":\"t\",\"token_type\":\"Bearer\",\"expires_in\":3599}")
        .answer(
            "POST /v1/projects/-/serviceAccounts/ci@p.iam.gserviceaccount.com:generateAccessToken",
            "{\"accessToken\":\"ya32\",\"expireTime\":\"2099-01-01T00:00:00Z\"}");

    assertThat(google().credentials("gcr.io")).contains(new Password("oauth2accesstoken", "ya32"));
    assertThat(cloud.requests().get(0).body()).contains("jwt-of-ci");
    assertThat(cloud.requests().get(1).header("Authorization")).isEqualTo("Bearer federated");
  }

  @Test
  void googleTakesAnAccountThatStandsInForAnother() throws Exception {
    account(
        "{\"type\":\"impersonated_service_account\",\"delegates\":[],\"source_credentials\":%s,\"service_account_impersonation_url\":\"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/ci@p.iam.gserviceaccount.com:generateAccessToken\"}"
            .formatted(USER_ACCOUNT));
    cloud
        .answer("POST /token", "{\"access_token\":\"ya30\",\"expires_in\":3599}")
        .answer(
            "POST /v1/projects/-/serviceAccounts/ci@p.iam.gserviceaccount.com:generateAccessToken",
            "{\"accessToken\":\"ya33\",\"expireTime\":\"2099-01-01T00:00:00Z\"}");

    assertThat(google().credentials("gcr.io")).contains(new Password("oauth2accesstoken", "ya33"));
  }

  @Test
  void aRefusalOfGoogleIsNamedAndNotQuoted() throws Exception {
    account(USER_ACCOUNT);
    cloud.answer("POST /token", "{\"error\":\"hunter2\"}").status(403);

    assertThatThrownBy(() -> google().credentials("gcr.io"))
        .hasMessage(
            "the account of %s/account.json got no token: %s answered 403"
                .formatted(directory, cloud.hostPort()))
        .hasNoCause();
  }

  @ParameterizedTest
  @ValueSource(strings = {"hunter2", "{\"token\":\"hunter2\"}"})
  void anAnswerOfGoogleWithoutATokenIsNotTheFaultOfTheFile(String answer) throws Exception {
    account(USER_ACCOUNT);
    cloud.answer("POST /token", answer);

    assertThatThrownBy(() -> google().credentials("gcr.io"))
        .hasMessage(
            "the account of %s/account.json got no token: %s gave none that can be used"
                .formatted(directory, cloud.hostPort()))
        .hasNoCause();
  }

  @Test
  void anInterruptDuringGooglesAnswerStaysOne() throws Exception {
    account(USER_ACCOUNT);
    cloud.answer("POST /token", "{}");
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> google().credentials("gcr.io"))
        .hasMessageEndingWith("got no token: the thread was interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void googleTakesTheAccountOfTheMachine() throws Exception {
    environment.put("GCE_METADATA_HOST", cloud.hostPort());
    cloud.answer(
        "GET /computeMetadata/v1/instance/service-accounts/default/token",
        "{\"access_token\":\"ya31\"}");

    assertThat(google().credentials("gcr.io")).contains(new Password("oauth2accesstoken", "ya31"));
    assertThat(cloud.requests().get(0).header("Metadata-Flavor")).isEqualTo("Google");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"external_account\"}",
        "{\"type\":\"hunter2\"}",
        "hunter2",
        "{\"type\":\"service_account\",\"private_key\":\"hunter2\"}"
      })
  void anAccountThatCannotBeUsedIsNamedAndNotQuoted(String content) throws Exception {
    account(content);
    assertThatThrownBy(() -> google().credentials("gcr.io"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("account.json")
        .hasMessageNotContaining("hunter2")
        .hasNoCause();
  }

  @Test
  void azureTakesAWorkloadIdentity() throws Exception {
    Path token = Files.writeString(directory.resolve("token"), "projected");
    environment.putAll(
        Map.of(
            "AZURE_CLIENT_ID",
            "client",
            "AZURE_TENANT_ID",
            "tenant",
            "AZURE_FEDERATED_TOKEN_FILE",
            token.toString(),
            "AZURE_AUTHORITY_HOST",
            cloud.url() + "/"));
    cloud
        .answer("POST /tenant/oauth2/v2.0/token", "{\"access_token\":\"entra\"}")
        .answer("POST /oauth2/exchange", "{\"refresh_token\":\"acr\"}");

    assertThat(azure().credentials("team.azurecr.io")).contains(new IdentityToken("acr"));
    assertThat(cloud.requests().get(0).body())
        .contains(
            "client_assertion=projected", "client_id=client", "grant_type=client_credentials");
    assertThat(cloud.requests().get(1).body())
        .isEqualTo(
            "grant_type=access_token&service=team.azurecr.io&tenant=tenant&access_token=entra");
  }

  @Test
  void azureTakesAServicePrincipal() throws Exception {
    environment.putAll(
        Map.of(
            "AZURE_CLIENT_ID", "client",
            "AZURE_TENANT_ID", "tenant",
            "AZURE_CLIENT_SECRET", "secret",
            "AZURE_AUTHORITY_HOST", cloud.url()));
    cloud
        .answer("POST /tenant/oauth2/v2.0/token", "{\"access_token\":\"entra\"}")
        .answer("POST /oauth2/exchange", "{\"refresh_token\":\"acr\"}");

    assertThat(azure().credentials("team.azurecr.io")).contains(new IdentityToken("acr"));
    assertThat(cloud.requests().get(0).body()).contains("client_secret=secret");
  }

  @Test
  void azureTakesTheIdentityOfTheMachine() throws Exception {
    environment.put("AZURE_POD_IDENTITY_AUTHORITY_HOST", cloud.url());
    environment.put("AZURE_CLIENT_ID", "chosen");
    cloud
        .answer("GET /metadata/identity/oauth2/token", "{\"access_token\":\"entra\"}")
        .answer("POST /oauth2/exchange", "{\"refresh_token\":\"acr\"}");

    assertThat(azure().credentials("team.azurecr.io")).contains(new IdentityToken("acr"));
    assertThat(cloud.requests().get(0).header("Metadata")).isEqualTo("true");
    assertThat(cloud.requests().get(0).line())
        .contains("client_id=chosen", "resource=https%3A%2F%2Fcontainerregistry.azure.net");
  }

  @Test
  void aMachineWithoutACloudIsNotWaitedFor() throws Exception {
    cloud.delay(20_000);
    environment.put("AWS_EC2_METADATA_SERVICE_ENDPOINT", cloud.url());
    environment.put("GCE_METADATA_HOST", cloud.hostPort());
    environment.put("AZURE_POD_IDENTITY_AUTHORITY_HOST", cloud.url());
    long begin = System.nanoTime();

    assertThat(ecr().credentials(ECR)).isEmpty();
    assertThat(google().credentials("gcr.io")).isEmpty();
    assertThat(azure().credentials("team.azurecr.io")).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(6));
  }

  @Test
  void aServiceThatRefusesIsNamedAndNotQuoted() {
    environment.putAll(Map.of("AWS_ACCESS_KEY_ID", "AK", "AWS_SECRET_ACCESS_KEY", "hunter2"));
    cloud.answer("POST /", "hunter2 is wrong");
    cloud.status(403);
    assertThatThrownBy(() -> ecr().credentials(ECR)).hasMessage(cloud.hostPort() + " answered 403");
    cloud.status(200);
    assertThatThrownBy(() -> ecr().credentials(ECR))
        .hasMessage(cloud.hostPort() + " did not answer with JSON");
  }

  private EcrCredentials ecr() {
    return new EcrCredentials(environment, client(), NOON);
  }

  private GoogleCredentials google() {
    return new GoogleCredentials(
        environment, client(), uri -> URI.create(cloud.url()).resolve(uri.getRawPath()));
  }

  private AzureCredentials azure() {
    return new AzureCredentials(environment, client(), registry -> cloud.url());
  }

  private static CloudClient client() {
    return new CloudClient(RegistryOptions.builder().environment(Map.of()).build());
  }

  private void aws(String name, String content) throws IOException {
    Path file = Files.createDirectories(directory.resolve(".aws")).resolve(name);
    Files.writeString(file, content);
  }

  private void account(String content) throws IOException {
    Path file = Files.writeString(directory.resolve("account.json"), content);
    environment.put("GOOGLE_APPLICATION_CREDENTIALS", file.toString());
  }
}
