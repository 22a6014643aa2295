package io.jenkins.plugins.kaniko;

import hudson.model.Item;
import hudson.util.FormValidation;
import java.util.Optional;
import java.util.function.Supplier;
import jenkins.model.Jenkins;

/** What a form is told about a value, if who asks may configure what the form belongs to. */
final class FormChecks {
  private FormChecks() {}

  /**
   * Answers a {@code doCheck} method.
   *
   * @param item the job or folder, or null on a page that is no job's
   * @param check finds what is wrong with the value
   */
  static FormValidation check(Item item, Supplier<Optional<String>> check) {
    if (item == null) {
      if (!Jenkins.get().hasPermission(Jenkins.ADMINISTER)) {
        return FormValidation.ok();
      }
    } else if (!item.hasPermission(Item.CONFIGURE)) {
      return FormValidation.ok();
    }
    return check.get().map(FormValidation::error).orElseGet(FormValidation::ok);
  }
}
