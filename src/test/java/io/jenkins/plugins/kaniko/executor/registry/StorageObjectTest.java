package io.jenkins.plugins.kaniko.executor.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import io.jenkins.plugins.kaniko.executor.testing.CloudServer;
import io.jenkins.plugins.kaniko.executor.testing.StorageServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Objects in the storage of clouds, and who asks for them. */
class StorageObjectTest {
  private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path directory;
  private final Map<String, String> environment = new HashMap<>();
  private Path target;

  @BeforeEach
  void prepare() {
    environment.put("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:1");
    environment.put("GCE_METADATA_HOST", "127.0.0.1:1");
    environment.put("HOME", directory.toString());
    environment.put("AWS_EC2_METADATA_DISABLED", "true");
    target = directory.resolve("target");
  }

  @ParameterizedTest
  @CsvSource({
    "s3://b/k, true",
    "gs://b, true",
    "S3://b/k, true",
    "https://team.blob.core.windows.net/c/context.tar.gz, true",
    "https://team.blob.core.usgovcloudapi.net/c/x?sv=1&sig=2, true",
    "https://team.blob.core.windows.net.evil.example/c/x, false",
    "https://evil.example/.blob.core.windows.net/x, false",
    "https://user@evil.example/a.blob.core.windows.net/x, false",
    "http://team.blob.core.windows.net/c/x, false",
    "https://host/x.tar.gz, false",
  })
  void addressesOfClouds(String address, boolean expected) {
    assertThat(StorageObject.isAddress(address)).isEqualTo(expected);
  }

  @Test
  void s3IsAskedWithASignature() throws Exception {
    try (StorageServer server = StorageServer.s3()) {
      server.putS3("bucket", "dir/a b+é~(.tar.gz", CONTENT);
      environment.put("S3_ENDPOINT", server.url());
      environment.put("AWS_ACCESS_KEY_ID", StorageServer.S3_KEY);
      environment.put("AWS_SECRET_ACCESS_KEY", StorageServer.S3_SECRET);

      get("s3://bucket/dir/a b+é~(.tar.gz");
      assertThat(target).hasBinaryContent(CONTENT);

      assertThatThrownBy(() -> get("s3://bucket/none?X-Amz-Signature=hunter2"))
          .isInstanceOfSatisfying(
              RegistryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND))
          .hasMessage(
              "tried to fetch the context s3://bucket/none, but 127.0.0.1 answers 404; check the name");

      environment.put("AWS_SECRET_ACCESS_KEY", "hunter2");
      assertThatThrownBy(() -> get("s3://bucket/dir/a b+é~(.tar.gz"))
          .hasMessageContaining("answers 403; ask for the right to read it")
          .hasMessageNotContaining("hunter2");
    }
  }

  @Test
  void aServerThatIsBusyIsAskedAgain() throws Exception {
    try (CloudServer server = new CloudServer()) {
      environment.put("S3_ENDPOINT", server.url());
      server.answer("GET /b/k", "found").status(503);
      assertThatThrownBy(() -> get("S3://b/k")).hasMessageContaining("answers 503");
      assertThat(server.requests()).hasSize(3);
    }
  }

  /** The example in the documentation of S3. */
  @Test
  void theSignatureIsThatOfTheDocumentation() {
    AwsSignature signature =
        new AwsSignature(
            new AwsKeys.Keys(
                "AKIAIOSFODNN7EXAMPLE",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                Optional.empty()),
            "us-east-1",
            "s3");

    Map<String, String> headers =
        signature.headers(
            "GET",
            URI.create("https://examplebucket.s3.amazonaws.com/test.txt"),
            Map.of(
                "Range",
                "bytes=0-9",
                "x-amz-content-sha256",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            "",
            Instant.parse("2013-05-24T00:00:00Z"));

    assertThat(headers.get("authorization"))
        .endsWith("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  }

  @ParameterizedTest
  @CsvSource({
    ", , bucket, https://bucket.s3.eu-west-1.amazonaws.com/k",
    ", , dotted.bucket, https://s3.eu-west-1.amazonaws.com/dotted.bucket/k",
    ", true, bucket, https://s3.eu-west-1.amazonaws.com/bucket/k",
    "http://minio:9000, , bucket, http://bucket.minio:9000/k",
    "http://minio:9000/, true, bucket, http://minio:9000/bucket/k",
    "http://127.0.0.1:9000, , bucket, http://127.0.0.1:9000/bucket/k",
    "https://minio.example:443, true, bucket, https://minio.example/bucket/k",
    "minio.example, false, bucket, https://bucket.minio.example/k",
  })
  void aBucketIsPartOfTheHostWhereThatCanBe(
      String endpoint, String pathStyle, String bucket, String expected) throws Exception {
    environment.put("AWS_DEFAULT_REGION", "eu-west-1");
    environment.put("S3_ENDPOINT", endpoint == null ? "" : endpoint);
    environment.put("S3_FORCE_PATH_STYLE", pathStyle == null ? "" : pathStyle);

    StorageRequest request =
        new S3Object(environment, client(), Clock.systemUTC())
            .request(bucket, "k", Optional.empty());

    assertThat(request.uri()).hasToString(expected);
    assertThat(request.known()).isFalse();
    assertThat(request.headers()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "http://my_minio:9000, no underscore in HTTP",
    "ftp://minio, no address of a server",
    "http://a b, no address of a server",
    "http://, no address of a server",
  })
  void anEndpointThatCannotBeAskedIsRefusedByItsName(String endpoint, String reason) {
    environment.put("S3_ENDPOINT", endpoint);

    assertThatThrownBy(() -> get("s3://bucket/key"))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("S3_ENDPOINT")
        .hasMessageContaining(reason);
  }

  @Test
  void theRegionThatTheServiceNamesCounts() throws Exception {
    StorageRequest request =
        new S3Object(environment, client(), Clock.systemUTC())
            .request("bucket", "k", Optional.of("cn-north-1"));

    assertThat(request.uri()).hasToString("https://bucket.s3.cn-north-1.amazonaws.com.cn/k");
  }

  @ParameterizedTest
  @CsvSource({"eu-west-1, 2", "evil.example/, 1", "evil.example#, 1", "EU, 1"})
  void aRegionThatIsNoneIsNotFollowed(String region, int requests) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    AtomicInteger asked = new AtomicInteger();
    server.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          exchange.getResponseHeaders().set("x-amz-bucket-region", region);
          exchange.sendResponseHeaders(301, -1);
          exchange.close();
        });
    server.start();
    try {
      environment.put("S3_ENDPOINT", "http://127.0.0.1:" + server.getAddress().getPort());
      assertThatThrownBy(() -> get("s3://bucket/key")).hasMessageContaining("answers 301");
      assertThat(asked).hasValue(requests);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void theIdentityIsNotShownInTheRegionThatTheServiceNames() throws Exception {
    Path token = Files.writeString(directory.resolve("token"), "hunter2");
    environment.put("AWS_WEB_IDENTITY_TOKEN_FILE", token.toString());
    environment.put("AWS_ROLE_ARN", "role");
    environment.put("AWS_DEFAULT_REGION", "home.invalid/");

    StorageRequest request =
        new S3Object(environment, client(), Clock.systemUTC())
            .request("bucket", "k", Optional.of("told.invalid/"));

    assertThat(request.problem()).hasValue("sts.home.invalid does not answer");
  }

  @Test
  void aBlobIsAskedForWithTheKeyOfTheAccount() throws Exception {
    try (StorageServer server = StorageServer.azure()) {
      server.putBlob("container", "dir/context.tar.gz", CONTENT);
      String address = server.url() + "/" + StorageServer.ACCOUNT + "/container/dir/context.tar.gz";
      assertThat(send(blob(address))).isEqualTo(403);

      environment.put("AZURE_STORAGE_ACCESS_KEY", StorageServer.ACCOUNT_KEY);
      assertThat(blob(address).known()).isTrue();
      assertThat(send(blob(address))).isEqualTo(200);
      assertThat(target).hasBinaryContent(CONTENT);

      environment.put("AZURE_STORAGE_ACCESS_KEY", "aHVudGVyMg==");
      assertThat(send(blob(address))).isEqualTo(403);
      environment.put("AZURE_STORAGE_ACCESS_KEY", "hunter2!");
      assertThatThrownBy(() -> blob(address))
          .hasMessage("AZURE_STORAGE_ACCESS_KEY is no key of an account");
    }
  }

  @Test
  void whoHasNoKeyOfTheAccountShowsHisIdentity() throws Exception {
    try (CloudServer cloud = new CloudServer()) {
      cloud.answer("POST /tenant/oauth2/v2.0/token", "{\"access_token\":\"abc\"}");
      environment.put("AZURE_AUTHORITY_HOST", cloud.url());
      environment.put("AZURE_CLIENT_ID", "client");
      environment.put("AZURE_CLIENT_SECRET", "secret");
      environment.put("AZURE_TENANT_ID", "tenant");

      StorageRequest request = blob("https://team.blob.core.windows.net/c/x");

      assertThat(request.headers())
          .containsEntry("Authorization", "Bearer abc")
          .containsKeys("x-ms-date", "x-ms-version");
      assertThat(cloud.requests().get(0).body())
          .contains("scope=https%3A%2F%2Fstorage.azure.com%2F.default");
      assertThat(blob("https://team.blob.core.windows.net/c/x?sv=1&sig=2").headers()).isEmpty();
    }
  }

  @Test
  void googleIsAskedWithAToken() throws Exception {
    try (CloudServer cloud = new CloudServer()) {
      cloud.answer(
          "GET /computeMetadata/v1/instance/service-accounts/default/token",
          "{\"access_token\":\"abc\"}");
      environment.put("GCE_METADATA_HOST", cloud.hostPort());

      StorageRequest request =
          new GoogleObject(environment, client()).request("bucket", "dir/a b.tar");

      assertThat(request.uri())
          .hasToString(
              "https://storage.googleapis.com/storage/v1/b/bucket/o/dir%2Fa%20b.tar?alt=media");
      assertThat(request.headers()).containsEntry("Authorization", "Bearer abc");

      environment.put("STORAGE_EMULATOR_HOST", cloud.hostPort());
      cloud.answer("GET /storage/v1/b/bucket/o/context.tar.gz", "content");
      get("gs://bucket");
      assertThat(target).hasBinaryContent(CONTENT);
      assertThat(cloud.requests().get(1).header("Authorization")).isEmpty();
    }
  }

  @Test
  void whatKeepsACloudFromKnowingUsIsSaidWhenItRefuses() throws Exception {
    try (CloudServer server = new CloudServer()) {
      server.answer("GET /bucket/key", "").status(403);
      environment.put("S3_ENDPOINT", server.url());
      environment.put("AWS_WEB_IDENTITY_TOKEN_FILE", directory.resolve("none").toString());
      environment.put("AWS_ROLE_ARN", "role");

      assertThatThrownBy(() -> get("s3://bucket/key"))
          .hasMessageContaining("answers 403; nobody is named who asks")
          .hasMessageContaining(directory.resolve("none").toString());
    }
  }

  @ParameterizedTest
  @CsvSource({"AWS_SESSION_TOKEN, true", "AWS_CONTAINER_AUTHORIZATION_TOKEN, false"})
  void noMessageHasATokenThatHttpDoesNotAllow(String variable, boolean keys) throws Exception {
    try (CloudServer server = new CloudServer()) {
      server.answer("GET /bucket/key", "").status(403);
      environment.put("S3_ENDPOINT", server.url());
      environment.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url() + "/keys");
      environment.put("AWS_ACCESS_KEY_ID", keys ? "id" : "");
      environment.put("AWS_SECRET_ACCESS_KEY", "secret");
      environment.put(variable, "hunter2\nhunter2");

      assertThatThrownBy(() -> get("s3://bucket/key"))
          .isInstanceOf(RegistryException.class)
          .hasMessageContaining("characters that HTTP does not allow")
          .satisfies(e -> assertThat(trace(e)).doesNotContain("hunter2"));
    }
  }

  @Test
  void aProfileOfAnotherKindIsNamedWhenTheCloudRefuses() throws Exception {
    Path file = Files.writeString(directory.resolve("c"), "[p]\nsso_session = hunter2\n");
    try (CloudServer server = new CloudServer()) {
      server.answer("GET /bucket/key", "").status(403);
      environment.put("S3_ENDPOINT", server.url());
      environment.put("AWS_SHARED_CREDENTIALS_FILE", file.toString());
      environment.put("AWS_PROFILE", "p");

      assertThatThrownBy(() -> get("s3://bucket/key"))
          .hasMessageContaining("the AWS profile p gets its keys by sso_session")
          .hasMessageNotContaining("hunter2");
    }
  }

  @Test
  void anAddressThatIsNoneIsRefused() {
    assertThatThrownBy(() -> get("s3://"))
        .hasMessageContaining("that is no bucket and no name; write s3://BUCKET/KEY");
  }

  private void get(String address) throws Exception {
    new StorageObject(
            address,
            RegistryOptions.builder()
                .environment(environment)
                .retries(2)
                .retryDelay(Duration.ofMillis(1))
                .build())
        .get(target);
  }

  private static String trace(Throwable failure) {
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace, true));
    return trace.toString();
  }

  private StorageRequest blob(String address) throws Exception {
    return new AzureBlob(environment, client(), Clock.systemUTC()).request(URI.create(address));
  }

  private int send(StorageRequest request) throws Exception {
    HttpRequest.Builder get = HttpRequest.newBuilder(request.uri());
    request.headers().forEach(get::header);
    return HttpClient.newHttpClient().send(get.build(), Download.whole(target)).statusCode();
  }

  private CloudClient client() {
    return new CloudClient(RegistryOptions.builder().environment(environment).build());
  }
}
