// A multibranch project whose Jenkinsfile does not mention Gitpod, and its repository beside it: branches main and feature.
import hudson.plugins.git.GitSCM
import io.jenkins.plugins.gitpod.commits.GitpodPrebuildBranchProperty
import io.jenkins.plugins.gitpod.commits.GitpodPrebuildProperty
import jenkins.branch.BranchProperty
import jenkins.branch.BranchSource
import jenkins.branch.DefaultBranchPropertyStrategy
import jenkins.model.Jenkins
import jenkins.plugins.git.GitSCMSource
import jenkins.plugins.git.traits.BranchDiscoveryTrait
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject

// Git plugin reads no repository of the controller's disk by default: its files might be secret. These are not.
GitSCM.ALLOW_LOCAL_CHECKOUT = true

if (Jenkins.get().getItem('multibranch')) {
    return
}
def repository = new File(Jenkins.get().rootDir, 'repository')
repository.mkdirs()
def git = { String... arguments ->
    def command = ['git', '-c', 'user.name=Demo', '-c', 'user.email=demo@example.com', '-c', 'commit.gpgsign=false']
    def process = new ProcessBuilder(command + arguments.toList()).directory(repository).redirectErrorStream(true).start()
    def output = process.inputStream.text
    if (process.waitFor() != 0) {
        throw new IOException("git ${arguments.join(' ')}: $output")
    }
}
def commit = { String name, String text ->
    new File(repository, name).setText(text, 'UTF-8')
    git('add', name)
    git('commit', '-m', name)
}
try {
    git('init')
    git('symbolic-ref', 'HEAD', 'refs/heads/main')
    // Long enough for the lines about the prebuild, which no build waits for, to be in its log.
    commit('Jenkinsfile', 'node {\n    checkout scm\n    sleep 10\n}\n')
    git('checkout', '-b', 'feature')
    commit('feature.txt', 'A file of the branch feature.\n')
    git('checkout', 'main')
} catch (IOException e) {
    println "The demo has no multibranch project, because Git could not make its repository: ${e.message}"
    return
}

def source = new GitSCMSource(repository.path)
source.id = 'demo'
source.traits = [new BranchDiscoveryTrait()]
def prebuild = new GitpodPrebuildProperty(projectId: '01990000-0000-7000-8000-000000000006')
def branches = new BranchSource(source)
branches.strategy = new DefaultBranchPropertyStrategy([new GitpodPrebuildBranchProperty(prebuild)] as BranchProperty[])

def project = Jenkins.get().createProject(WorkflowMultiBranchProject, 'multibranch')
project.description = 'The Jenkinsfile does not mention Gitpod. A new commit of main gets a prebuild, one of feature gets ' +
        "none. Commit in $repository.path, then press Scan Multibranch Pipeline Now."
project.sourcesList.add(branches)
project.save()
project.scheduleBuild()
