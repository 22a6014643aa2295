package io.jenkins.plugins.kaniko;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.ArgumentMatchers.anyList;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockStatic;
import static org.mockito.Mockito.when;

import com.cloudbees.jenkins.plugins.sshcredentials.SSHUserPrivateKey;
import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import com.cloudbees.plugins.credentials.domains.URIRequirementBuilder;
import hudson.AbortException;
import hudson.model.Run;
import hudson.util.Secret;
import io.jenkins.plugins.kaniko.agent.ConfigJson;
import io.jenkins.plugins.kaniko.agent.RegistryCertificate;
import io.jenkins.plugins.kaniko.agent.RegistryLogin;
import io.jenkins.plugins.kaniko.agent.RegistryToken;
import io.jenkins.plugins.kaniko.agent.SecretFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import org.jenkinsci.plugins.plaincredentials.FileCredentials;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.MockedStatic;

class RunCredentialsTest {
  private final Run<?, ?> run = mock(Run.class);
  private final KanikoGlobalConfiguration defaults = mock(KanikoGlobalConfiguration.class);
  private final KanikoBuildSpec spec = new KanikoBuildSpec();
  private MockedStatic<CredentialsProvider> provider;
  private MockedStatic<URIRequirementBuilder> requirements;

  @BeforeEach
  void replaceTheCredentialsPlugin() {
    provider = mockStatic(CredentialsProvider.class);
    provider
        .when(() -> CredentialsProvider.snapshot(any(Credentials.class)))
        .thenAnswer(call -> call.getArgument(0));
    requirements = mockStatic(URIRequirementBuilder.class);
    URIRequirementBuilder builder = mock(URIRequirementBuilder.class);
    requirements.when(() -> URIRequirementBuilder.fromUri(anyString())).thenReturn(builder);
    when(builder.build()).thenReturn(List.of());
    when(defaults.getCredentials()).thenReturn(List.of());
  }

  @AfterEach
  void putItBack() {
    provider.close();
    requirements.close();
  }

  @Test
  void theShortFormIsForTheRegistriesOfTheDestinations() throws Exception {
    login("push", "user", "pass");
    spec.setCredentialsId("push");
    spec.setDestinations(List.of("r.example/a:1", "r.example/b:1", "app"));

    assertThat(resolve().registries())
        .containsExactly(
            new RegistryLogin("r.example", "user", "pass"),
            new RegistryLogin("docker.io", "user", "pass"));
  }

  @Test
  void theOrderIsFromTheLowestRankToTheHighest() throws Exception {
    login("global", "g", "1");
    login("push", "p", "2");
    login("extra", "e", "3");
    when(defaults.getCredentials())
        .thenReturn(List.of(new RegistryCredential("r.example", "global")));
    spec.setDestinations(List.of("r.example/a"));
    spec.setCredentialsId("push");
    spec.setCredentials(List.of(new RegistryCredential("base.example", "extra")));

    assertThat(resolve().registries())
        .extracting(one -> ((RegistryLogin) one).username())
        .containsExactly("g", "p", "e");
  }

  @Test
  void aSecretTextIsATokenOrAConfigJson() throws Exception {
    text("token", " abc\n");
    text("config", "{\"auths\":{}}");
    spec.setCredentials(
        List.of(
            new RegistryCredential("r.example", "token"), new RegistryCredential("", "config")));

    assertThat(resolve().registries())
        .containsExactly(new RegistryToken("r.example", "abc"), new ConfigJson("{\"auths\":{}}"));
  }

  @Test
  void aSecretFileIsAConfigJson() throws Exception {
    file("file", "{\"auths\":{}}");
    spec.setCredentials(List.of(new RegistryCredential(null, "file")));

    assertThat(resolve().registries()).containsExactly(new ConfigJson("{\"auths\":{}}"));
  }

  @Test
  void aFileThatIsNoConfigJsonIsAnError() throws Exception {
    file("file", "machine r.example");
    spec.setCredentials(List.of(new RegistryCredential(null, "file")));

    assertThatThrownBy(this::resolve)
        .isInstanceOf(AbortException.class)
        .hasMessageContaining("'file'")
        .hasMessageContaining("config.json");
  }

  /** The form of the global configuration takes a row without a choice. */
  @Test
  void aGlobalRegistryWithoutAChoiceFailsTheBuild() {
    when(defaults.getCredentials()).thenReturn(List.of(new RegistryCredential("r.example", "")));

    assertThatThrownBy(this::resolve)
        .isInstanceOf(AbortException.class)
        .hasMessageContaining("r.example has no credentials chosen");
    provider.verifyNoInteractions();
  }

  @Test
  void credentialsThatAreNotThereFailTheBuild() {
    spec.setDestinations(List.of("r.example/a"));
    spec.setCredentialsId("gone");

    assertThatThrownBy(this::resolve)
        .isInstanceOf(AbortException.class)
        .hasMessageContaining("'gone'")
        .hasMessageContaining("r.example");
  }

  @Test
  void globalCredentialsThatAreNotThereFailItToo() {
    when(defaults.getCredentials())
        .thenReturn(List.of(new RegistryCredential("r.example", "gone")));

    assertThatThrownBy(this::resolve).hasMessageContaining("'gone'");
  }

  @Test
  void aLoginNeedsARegistry() {
    login("push", "user", "pass");
    spec.setCredentials(List.of(new RegistryCredential("", "push")));

    assertThatThrownBy(this::resolve).hasMessageContaining("no registry is named");
  }

  @Test
  void theShortFormNeedsADestination() {
    spec.setPush(false);
    spec.setCredentialsId("push");

    assertThatThrownBy(this::resolve).hasMessageContaining("no destination");
  }

  @Test
  void aCertificateNeedsItsFlag() {
    credentials("cert", mock(StandardCertificateCredentials.class));
    spec.setCredentials(List.of(new RegistryCredential("r.example", "cert")));

    try (MockedStatic<ExecutorFlags> flags = mockStatic(ExecutorFlags.class)) {
      flags.when(() -> ExecutorFlags.has(anyString(), anyBoolean())).thenReturn(false);

      assertThatThrownBy(this::resolve).hasMessageContaining("--registry-client-cert");
    }
  }

  @Test
  void aCertificateIsItsChainAndKey(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("client.p12");
    Process keytool =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=client",
                    "-storetype",
                    "PKCS12",
                    "-storepass",
                    "secret",
                    "-keystore",
                    file.toString()))
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    StandardCertificateCredentials certificate = mock(StandardCertificateCredentials.class);
    KeyStore store = KeyStore.getInstance(file.toFile(), "secret".toCharArray());
    Secret password = secret("secret");
    when(certificate.getKeyStore()).thenReturn(store);
    when(certificate.getPassword()).thenReturn(password);
    credentials("cert", certificate);
    spec.setCredentials(List.of(new RegistryCredential("r.example:5000", "cert")));

    try (MockedStatic<ExecutorFlags> flags = mockStatic(ExecutorFlags.class)) {
      flags.when(() -> ExecutorFlags.has(anyString(), anyBoolean())).thenReturn(true);

      assertThat(resolve().registries())
          .singleElement()
          .isInstanceOfSatisfying(
              RegistryCertificate.class,
              made -> {
                assertThat(made.registry()).isEqualTo("r.example:5000");
                assertThat(made.chain()).startsWith("-----BEGIN CERTIFICATE-----\n");
                assertThat(made.key())
                    .startsWith("-----BEGIN PRIVATE KEY-----\n")
                    .endsWith("\n-----END PRIVATE KEY-----\n");
                assertThat(made.toString()).doesNotContain("BEGIN");
              });
    }
  }

  @Test
  void aKeyForSshHasTheLineEndsOfOpenSsh() throws Exception {
    key("github", null, "-----BEGIN\r\nabc\r\n-----END");
    spec.setSsh("github");

    assertThat(resolve().sshKeys())
        .extracting(SecretFile::id, file -> new String(file.content(), StandardCharsets.UTF_8))
        .containsExactly(tuple("default", "-----BEGIN\nabc\n-----END\n"));
  }

  @Test
  void aKeyWithAPassphraseAndWhatIsNoKeyAreRefused() {
    key("locked", "phrase", "key");
    login("login", "user", "pass");
    spec.setSsh("locked");
    assertThatThrownBy(this::resolve).hasMessageContaining("'locked' for ssh, but it has a pass");
    spec.setSsh("login");
    assertThatThrownBy(this::resolve).hasMessageContaining("they hold no private key");
    spec.setSsh("gone");
    assertThatThrownBy(this::resolve).hasMessageContaining("'gone' for ssh");
  }

  @Test
  void whatIsUsedIsRecordedWithTheRun() throws Exception {
    StandardCredentials login = login("push", "user", "pass");
    spec.setDestinations(List.of("r.example/a"));
    spec.setCredentialsId("push");

    resolve();

    provider.verify(() -> CredentialsProvider.track(run, login));
    provider.verify(() -> CredentialsProvider.snapshot(login));
  }

  @Test
  void secretsOfTheBuildAreFilesAndMasked() throws Exception {
    text("npm-token", "t0ken");
    file("file", "content");
    spec.setSecrets(List.of(new BuildSecret("npm", "npm-token"), new BuildSecret("f", "file")));

    RunCredentials resolved = resolve();

    assertThat(resolved.secrets())
        .extracting(SecretFile::id, file -> new String(file.content(), StandardCharsets.UTF_8))
        .containsExactly(tuple("npm", "t0ken"), tuple("f", "content"));
    assertThat(resolved.masked()).containsExactly("t0ken");
  }

  @Test
  void aSecretThatIsNotThereFailsTheBuild() {
    spec.setSecrets(List.of(new BuildSecret("npm", "gone")));

    assertThatThrownBy(this::resolve)
        .hasMessageContaining("'gone'")
        .hasMessageContaining("secret npm");
  }

  private RunCredentials resolve() throws IOException, InterruptedException {
    return RunCredentials.resolve(spec, defaults, run);
  }

  private StandardCredentials login(String id, String username, String password) {
    StandardUsernamePasswordCredentials login = mock(StandardUsernamePasswordCredentials.class);
    Secret secret = secret(password);
    when(login.getUsername()).thenReturn(username);
    when(login.getPassword()).thenReturn(secret);
    return credentials(id, login);
  }

  private void key(String id, String passphrase, String... keys) {
    SSHUserPrivateKey key = mock(SSHUserPrivateKey.class);
    Secret secret = passphrase == null ? null : secret(passphrase);
    when(key.getPassphrase()).thenReturn(secret);
    when(key.getPrivateKeys()).thenReturn(List.of(keys));
    credentials(id, key);
  }

  private void text(String id, String text) {
    StringCredentials credentials = mock(StringCredentials.class);
    Secret secret = secret(text);
    when(credentials.getSecret()).thenReturn(secret);
    credentials(id, credentials);
  }

  private void file(String id, String content) throws IOException {
    FileCredentials credentials = mock(FileCredentials.class);
    when(credentials.getContent())
        .thenAnswer(call -> new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
    credentials(id, credentials);
  }

  private static Secret secret(String text) {
    Secret secret = mock(Secret.class);
    when(secret.getPlainText()).thenReturn(text);
    return secret;
  }

  private StandardCredentials credentials(String id, StandardCredentials credentials) {
    provider
        .when(
            () ->
                CredentialsProvider.findCredentialById(
                    eq(id), eq(StandardCredentials.class), eq(run), anyList()))
        .thenReturn(credentials);
    return credentials;
  }
}
