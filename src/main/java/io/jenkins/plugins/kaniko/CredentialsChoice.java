package io.jenkins.plugins.kaniko;

import com.cloudbees.jenkins.plugins.sshcredentials.SSHUserPrivateKey;
import com.cloudbees.plugins.credentials.CredentialsMatchers;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import com.cloudbees.plugins.credentials.domains.DomainRequirement;
import hudson.model.Item;
import hudson.model.Queue;
import hudson.model.queue.Tasks;
import hudson.security.ACL;
import hudson.util.ListBoxModel;
import java.util.List;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.plaincredentials.FileCredentials;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.springframework.security.core.Authentication;

/**
 * The credentials that a form offers. Who may not see them is shown the value that is there, and
 * nothing else.
 */
final class CredentialsChoice {
  static final List<Class<? extends StandardCredentials>> REGISTRY =
      List.of(
          StandardUsernamePasswordCredentials.class,
          StringCredentials.class,
          FileCredentials.class,
          StandardCertificateCredentials.class);
  static final List<Class<? extends StandardCredentials>> SECRET =
      List.of(
          StringCredentials.class,
          FileCredentials.class,
          StandardUsernamePasswordCredentials.class);
  static final List<Class<? extends StandardCredentials>> SSH = List.of(SSHUserPrivateKey.class);

  private CredentialsChoice() {}

  static ListBoxModel forRegistry(Item item, String registry, String current) {
    return list(item, current, RunCredentials.requirements(registry), REGISTRY);
  }

  static ListBoxModel forSecret(Item item, String current) {
    return list(item, current, List.of(), SECRET);
  }

  static ListBoxModel forSsh(Item item, String current) {
    return list(item, current, List.of(), SSH);
  }

  private static ListBoxModel list(
      Item item,
      String current,
      List<DomainRequirement> requirements,
      List<Class<? extends StandardCredentials>> types) {
    StandardListBoxModel list = new StandardListBoxModel();
    if (!mayChoose(item)) {
      list.includeCurrentValue(current);
      return list;
    }
    list.includeEmptyValue();
    var matcher =
        CredentialsMatchers.anyOf(
            Stream.of(types)
                .flatMap(List::stream)
                .map(CredentialsMatchers::instanceOf)
                .toArray(com.cloudbees.plugins.credentials.CredentialsMatcher[]::new));
    if (item == null) {
      list.includeMatchingAs(
          ACL.SYSTEM2, Jenkins.get(), StandardCredentials.class, requirements, matcher);
    } else {
      list.includeMatchingAs(
          authentication(item), item, StandardCredentials.class, requirements, matcher);
    }
    list.includeCurrentValue(current);
    return list;
  }

  private static boolean mayChoose(Item item) {
    return item == null
        ? Jenkins.get().hasPermission(Jenkins.ADMINISTER)
        : item.hasPermission(Item.EXTENDED_READ)
            || item.hasPermission(CredentialsProvider.USE_ITEM);
  }

  private static Authentication authentication(Item item) {
    return item instanceof Queue.Task task ? Tasks.getAuthenticationOf2(task) : ACL.SYSTEM2;
  }
}
