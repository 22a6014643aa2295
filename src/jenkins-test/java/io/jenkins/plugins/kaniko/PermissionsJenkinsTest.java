package io.jenkins.plugins.kaniko;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.domains.Domain;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.ExtensionList;
import hudson.model.Descriptor;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import jenkins.model.Jenkins;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Who is told what by the forms. */
@WithJenkins
class PermissionsJenkinsTest {
  private JenkinsRule jenkins;
  private FreeStyleProject project;
  private KanikoBuildSpecDescriptor form;

  /** Each parameter of this kind starts a Jenkins, and there can be one: the tests have none. */
  @BeforeEach
  void secure(JenkinsRule rule) throws Exception {
    jenkins = rule;
    project = jenkins.createFreeStyleProject("app");
    form = (KanikoBuildSpecDescriptor) jenkins.jenkins.getDescriptorOrDie(KanikoBuildSpec.class);
    CredentialsProvider.lookupStores(jenkins.jenkins)
        .iterator()
        .next()
        .addCredentials(
            Domain.global(),
            new UsernamePasswordCredentialsImpl(
                CredentialsScope.GLOBAL, "registry", "", "user", "a-long-password"));
    jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
    jenkins.jenkins.setAuthorizationStrategy(
        new MockAuthorizationStrategy()
            .grant(Jenkins.READ, Item.READ)
            .everywhere()
            .toEveryone()
            .grant(Item.CONFIGURE, Item.EXTENDED_READ)
            .everywhere()
            .to("configurer")
            .grant(Jenkins.ADMINISTER)
            .everywhere()
            .to("admin"));
  }

  @Test
  void whoMayConfigureIsOfferedCredentials() {
    try (ACLContext ignored = as("configurer")) {
      assertThat(values(form.doFillCredentialsIdItems(project, ""))).contains("registry");
      assertThat(form.doCheckDestinations(project, "a/B").kind)
          .isEqualTo(FormValidation.Kind.ERROR);
    }
  }

  @Test
  void aReaderIsOfferedTheCurrentValueOnly() {
    try (ACLContext ignored = as("reader")) {
      assertThat(values(form.doFillCredentialsIdItems(project, "current")))
          .containsExactly("current");
      assertThat(values(form.doFillSshItems(project, "current"))).containsExactly("current");
      assertThat(
              values(
                  new RegistryCredential.DescriptorImpl()
                      .doFillCredentialsIdItems(project, "r.example", "current")))
          .containsExactly("current");
      assertThat(
              values(
                  new BuildSecret.DescriptorImpl().doFillCredentialsIdItems(project, "current")))
          .containsExactly("current");
      assertThat(form.doCheckDestinations(project, "a/B").kind).isEqualTo(FormValidation.Kind.OK);
    }
  }

  @Test
  void whoMayConfigureIsOfferedChoices() {
    try (ACLContext ignored = as("configurer")) {
      assertThat(values(form.doFillIsolationItems(project, ""))).contains("userns");
      assertThat(values(form.doFillVerbosityItems(project, ""))).contains("debug");
      assertThat(values(form.doFillCompressionItems(project, ""))).contains("zstd");
    }
  }

  @Test
  void outsideOfJobsOnlyAdministratorsAreOfferedAny() {
    try (ACLContext ignored = as("configurer")) {
      assertThat(values(form.doFillCredentialsIdItems(null, "current")))
          .containsExactly("current");
    }
    try (ACLContext ignored = as("admin")) {
      assertThat(values(form.doFillCredentialsIdItems(null, ""))).contains("registry");
    }
  }

  /** Whatever is added later, too: the methods are found by their names. */
  @Test
  void aReaderIsToldNothingByAnyForm() throws Exception {
    int credentials = 0;
    int choices = 0;
    try (ACLContext ignored = as("reader")) {
      for (Descriptor<?> descriptor :
          List.of(
              form,
              jenkins.jenkins.getDescriptorOrDie(RegistryCredential.class),
              jenkins.jenkins.getDescriptorOrDie(BuildSecret.class),
              ExtensionList.lookupSingleton(KanikoGlobalConfiguration.class))) {
        for (Method method : descriptor.getClass().getMethods()) {
          Object[] arguments =
              Arrays.stream(method.getParameterTypes())
                  .map(type -> type == Item.class ? project : "= not /valid")
                  .toArray();
          if (method.getReturnType() == FormValidation.class) {
            FormValidation answer = (FormValidation) method.invoke(descriptor, arguments);
            assertThat(answer.kind).as(method.toString()).isEqualTo(FormValidation.Kind.OK);
          } else if (method.getName().matches("doFill(CredentialsId|Ssh)Items")) {
            assertThat(values((ListBoxModel) method.invoke(descriptor, arguments)))
                .as(method.toString())
                .doesNotContain("registry");
            credentials++;
          } else if (method.getReturnType() == ListBoxModel.class) {
            assertThat(values((ListBoxModel) method.invoke(descriptor, arguments)))
                .as(method.toString())
                .isSubsetOf("", "= not /valid");
            choices++;
          }
        }
      }
    }
    assertThat(credentials).isEqualTo(4);
    assertThat(choices).isEqualTo(4);
  }

  /** A GET could be sent from another site. */
  @Test
  void formsAreAnsweredToPostsAlone() throws Exception {
    JenkinsRule.WebClient client = jenkins.createWebClient().login("admin");
    client.setThrowExceptionOnFailingStatusCode(false);

    assertThat(
            client
                .goTo(form.getDescriptorUrl() + "/checkDestinations?value=a/B", null)
                .getWebResponse()
                .getStatusCode())
        .isIn(404, 405);
  }

  private static ACLContext as(String user) {
    return ACL.as2(User.getById(user, true).impersonate2());
  }

  private static List<String> values(ListBoxModel model) {
    return model.stream().map(option -> option.value).toList();
  }
}
