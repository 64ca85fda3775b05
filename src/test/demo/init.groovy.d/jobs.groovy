// One pipeline job for each file in demo-jobs, named as the file; its first line describes the job. And a freestyle job.
import hudson.model.FreeStyleProject
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder
import jenkins.model.Jenkins
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition
import org.jenkinsci.plugins.workflow.job.WorkflowJob

new File(Jenkins.get().rootDir, 'demo-jobs').eachFile { file ->
    def name = file.name - '.jenkinsfile'
    def job = Jenkins.get().getItem(name) ?: Jenkins.get().createProject(WorkflowJob, name)
    job.definition = new CpsFlowDefinition(file.getText('UTF-8'), true)
    job.description = file.readLines('UTF-8')[0] - '// '
    job.save()
}

def freestyle = Jenkins.get().getItem('freestyle') ?: Jenkins.get().createProject(FreeStyleProject, 'freestyle')
freestyle.description = 'The build step of a freestyle job.'
freestyle.buildersList.replace(new GitpodPrebuildBuilder(projectId: '01990000-0000-7000-8000-000000000001'))
freestyle.save()
