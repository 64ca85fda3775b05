// One pipeline job for each file in demo-jobs, named as the file; its first line describes the job.
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
