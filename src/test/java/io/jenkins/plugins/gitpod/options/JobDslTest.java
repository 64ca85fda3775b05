package io.jenkins.plugins.gitpod.options;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import io.jenkins.plugins.gitpod.commits.GitpodPrebuildFolderProperty;
import io.jenkins.plugins.gitpod.commits.GitpodPrebuildProperty;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodTestBase;
import io.jenkins.plugins.gitpod.testing.MarkdownFile;
import javaposse.jobdsl.plugin.ExecuteDslScripts;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Job DSL sets the options by the same setters as the forms. */
@ExtendWith(FastLimits.class)
class JobDslTest extends GitpodTestBase {

    private static final String CLASS_ID = "0193f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f";

    private static FreeStyleProject seed(String script) throws Exception {
        ExecuteDslScripts dsl = new ExecuteDslScripts();
        dsl.setUseScriptText(true);
        dsl.setScriptText(script);
        FreeStyleProject seed = jenkins.createFreeStyleProject();
        seed.getBuildersList().add(dsl);
        return seed;
    }

    private static GitpodPrebuildBuilder stepOf(String jobName) {
        return jenkins.jenkins
                .getItemByFullName(jobName, FreeStyleProject.class)
                .getBuildersList()
                .get(GitpodPrebuildBuilder.class);
    }

    @Test
    void aFreestyleJobWithEveryOption() throws Exception {
        jenkins.buildAndAssertSuccess(seed("""
                freeStyleJob('full') {
                    steps {
                        gitpodPrebuild {
                            projectId('${PROJECT}')
                            environmentClassId('%s')
                            timeout(90)
                            connection('sim')
                            credentialsId('gitpod')
                            wait(false)
                            propagate(false)
                            cancelOnAbort(false)
                            onWarning('FAIL')
                        }
                    }
                }
                """.formatted(CLASS_ID)));
        GitpodPrebuildBuilder wanted = new GitpodPrebuildBuilder();
        wanted.setProjectId("${PROJECT}");
        wanted.setEnvironmentClassId(CLASS_ID);
        wanted.setTimeout(90);
        wanted.setConnection("sim");
        wanted.setCredentialsId("gitpod");
        wanted.setWait(false);
        wanted.setPropagate(false);
        wanted.setCancelOnAbort(false);
        wanted.setOnWarning(OnWarning.FAIL);
        jenkins.assertEqualDataBoundBeans(wanted, stepOf("full"));
    }

    @Test
    void aFreestyleJobOfItIsBuilt() throws Exception {
        jenkins.buildAndAssertSuccess(seed("""
                freeStyleJob('short') {
                    steps {
                        gitpodPrebuild {
                            projectId('%s')
                        }
                    }
                }
                """.formatted(gitpod.project().id())));
        GitpodPrebuildBuilder wanted = new GitpodPrebuildBuilder();
        wanted.setProjectId(gitpod.project().id());
        jenkins.assertEqualDataBoundBeans(wanted, stepOf("short"));
        gitpod.simulator().records().clear();
        jenkins.buildAndAssertSuccess(jenkins.jenkins.getItemByFullName("short", FreeStyleProject.class));
        assertThat(gitpod.simulator().records().calls("CreatePrebuild"), hasSize(1));
    }

    @Test
    void aPipelineOfItIsBuilt() throws Exception {
        jenkins.buildAndAssertSuccess(seed("""
                pipelineJob('pipeline') {
                    definition {
                        cps {
                            script("def p = %s; echo p.phase")
                            sandbox()
                        }
                    }
                }
                """.formatted(gitpod.step())));
        WorkflowJob job = jenkins.jenkins.getItemByFullName("pipeline", WorkflowJob.class);
        jenkins.assertLogContains("COMPLETED", jenkins.buildAndAssertSuccess(job));
    }

    @Test
    void settingsOfAJobAndOfAFolder() throws Exception {
        jenkins.buildAndAssertSuccess(seed("""
                folder('team') {
                    properties {
                        gitpodPrebuildForFolder {
                            prebuild {
                                connection('sim')
                                maxAge(12)
                                whenActive('SKIP')
                            }
                        }
                    }
                }
                freeStyleJob('team/excluded') {
                    properties {
                        gitpodPrebuildForCommits {
                            disabled(true)
                        }
                    }
                }
                """));
        GitpodPrebuildProperty wanted = new GitpodPrebuildProperty();
        wanted.setConnection("sim");
        wanted.setMaxAge(12);
        wanted.setWhenActive(WhenActive.SKIP);
        Folder folder = jenkins.jenkins.getItemByFullName("team", Folder.class);
        jenkins.assertEqualDataBoundBeans(
                wanted,
                folder.getProperties().get(GitpodPrebuildFolderProperty.class).getPrebuild());
        FreeStyleProject excluded = jenkins.jenkins.getItemByFullName("team/excluded", FreeStyleProject.class);
        assertTrue(excluded.getProperty(GitpodPrebuildProperty.class).isDisabled());
    }

    @Test
    void theExampleInTheDocumentation() throws Exception {
        String example = MarkdownFile.of("docs", "after-commits.md").blocks("groovy").stream()
                .filter(block -> block.startsWith("folder("))
                .findFirst()
                .orElseThrow();
        jenkins.buildAndAssertSuccess(seed(example.replace("'team'", "'documented'")));
        Folder folder = jenkins.jenkins.getItemByFullName("documented", Folder.class);
        GitpodPrebuildProperty set =
                folder.getProperties().get(GitpodPrebuildFolderProperty.class).getPrebuild();
        assertEquals("eu", set.getConnection());
        assertEquals(WhenActive.SKIP, set.getWhenActive());
    }

    @Test
    void anOptionThatDoesNotExistIsRefused() throws Exception {
        FreeStyleProject seed = seed("""
                freeStyleJob('wrong') {
                    steps {
                        gitpodPrebuild {
                            apiUrl('https://gitpod.example.com/api')
                        }
                    }
                }
                """);
        jenkins.assertLogContains("apiUrl", jenkins.buildAndAssertStatus(Result.FAILURE, seed));
        assertEquals(null, jenkins.jenkins.getItem("wrong"));
    }
}
