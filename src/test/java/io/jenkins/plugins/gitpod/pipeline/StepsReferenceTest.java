package io.jenkins.plugins.gitpod.pipeline;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;

import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.model.Descriptor;
import io.jenkins.plugins.gitpod.commits.GitpodPrebuildBranchProperty;
import io.jenkins.plugins.gitpod.commits.GitpodPrebuildProperty;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.options.PrebuildOptionsForm;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The help of the step and of the property is where people look for it: in the Steps Reference and in all forms. */
@WithJenkins
class StepsReferenceTest {

    private static JenkinsRule jenkins;

    @BeforeAll
    static void start(JenkinsRule rule) {
        jenkins = rule;
    }

    /** The help of a class and of each of its parameters, as the reference on jenkins.io reads it. */
    private static List<String> helpOf(Class<?> type) throws Exception {
        DescribableModel<?> model = DescribableModel.of(type);
        List<String> help = new ArrayList<>();
        help.add(model.getHelp());
        for (DescribableParameter parameter : model.getParameters()) {
            assertThat(type.getSimpleName() + " " + parameter.getName(), parameter.getHelp(), notNullValue());
            help.add(parameter.getHelp());
        }
        return help;
    }

    @Test
    void theReferenceHasEveryText() throws Exception {
        List<String> step = helpOf(GitpodPrebuildStep.class);
        List<String> property = helpOf(GitpodPrebuildProperty.class);
        assertThat(step, hasSize(20));
        assertThat(property, hasSize(21));
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.getOptions().setJavaScriptEnabled(false);
            String page = client.goTo("pipeline-syntax/html").getWebResponse().getContentAsString();
            for (String text : step) {
                assertThat(page, containsString(text));
                // A text that the property shares is there twice.
                if (property.contains(text)) {
                    assertThat(text, page.split(java.util.regex.Pattern.quote(text), -1).length, greaterThan(2));
                }
            }
            for (String text : property) {
                assertThat(page, containsString(text));
            }
        }
    }

    @Test
    void defaultsThatDifferHaveTheirOwnText() throws Exception {
        String own = DescribableModel.of(GitpodPrebuildProperty.class)
                .getParameter("onlyProjectBranch")
                .getHelp();
        assertThat(own, containsString("Default: <code>true</code>"));
        assertThat(helpOf(GitpodPrebuildStep.class), not(hasItem(own)));
    }

    @Test
    void allFormsShowTheSameTexts() throws Exception {
        Descriptor<?> builder = jenkins.jenkins.getDescriptorByType(GitpodPrebuildBuilder.DescriptorImpl.class);
        Descriptor<?> property = jenkins.jenkins.getDescriptorByType(GitpodPrebuildProperty.DescriptorImpl.class);
        Descriptor<?> branches = jenkins.jenkins.getDescriptorByType(GitpodPrebuildBranchProperty.DescriptorImpl.class);
        Descriptor<?> step = jenkins.jenkins.getDescriptorByType(GitpodPrebuildStep.DescriptorImpl.class);
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            for (DescribableParameter parameter :
                    DescribableModel.of(GitpodPrebuildStep.class).getParameters()) {
                String name = parameter.getName();
                for (Descriptor<?> each : List.of(PrebuildOptionsForm.get(), builder, step)) {
                    assertEquals(parameter.getHelp().strip(), served(client, helpFile(each, name)), name);
                }
            }
            for (DescribableParameter parameter :
                    DescribableModel.of(GitpodPrebuildProperty.class).getParameters()) {
                assertEquals(parameter.getHelp().strip(), served(client, helpFile(property, parameter.getName())));
            }
            assertEquals(served(client, helpFile(property, null)), served(client, helpFile(branches, null)));
            assertThat(served(client, helpFile(builder, null)), containsString("GITPOD_PREBUILD_ID"));
            assertThat(served(client, helpFile(step, null)), containsString("def prebuild = gitpodPrebuild"));
        }
    }

    private static String helpFile(Descriptor<?> descriptor, @Nullable String field) throws Exception {
        return jenkins.executeOnServer(() -> descriptor.getHelpFile(field));
    }

    private static String served(JenkinsRule.WebClient client, String helpFile) throws Exception {
        assertThat(helpFile, notNullValue());
        return client.goTo(helpFile.substring(1), null)
                .getWebResponse()
                .getContentAsString()
                .strip();
    }
}
