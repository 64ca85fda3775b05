package io.jenkins.plugins.gitpod.benchmark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TargetTest {

    private static final Case STREAM = Case.plugin(1000, 1, true, 20);
    private static final Target MEDIAN = new Target("noticed, median s", each -> each.equals(STREAM), Figure.MEDIAN, 2);

    private static Measured measured(Case of, Figure figure, int failedRuns, double... values) {
        List<Result> results = new ArrayList<>();
        for (double each : values) {
            results.add(new Result(Map.of(figure, each)));
        }
        return new Measured(of, results, failedRuns);
    }

    private static String row(Measured measured) {
        return MEDIAN.row(List.of(measured)).orElse("");
    }

    @Test
    void isMetIfEachRunMeetsIt() {
        assertThat(
                row(measured(STREAM, Figure.MEDIAN, 0, 1.9, 1.5, 2.0)),
                is("| noticed, median s | 2 | 1.9 (1.5-2.0) | yes |"));
    }

    @Test
    void saysInHowManyRunsItIsMet() {
        assertThat(
                row(measured(STREAM, Figure.MEDIAN, 0, 1.9, 1.5, 2.1)),
                is("| noticed, median s | 2 | 1.9 (1.5-2.1) | in 2 of 3 runs |"));
        assertThat(row(measured(STREAM, Figure.MEDIAN, 0, 2.1)), is("| noticed, median s | 2 | 2.1 | no |"));
    }

    @Test
    void aRunThatFailedOrMeasuredNothingDoesNotMeetIt() {
        assertThat(row(measured(STREAM, Figure.MEDIAN, 1, 1.0, 1.0)), containsString("| in 2 of 3 runs |"));
        assertThat(row(measured(STREAM, Figure.MEDIAN, 1)), is("| noticed, median s | 2 | - | no |"));
        assertThat(row(measured(STREAM, Figure.OPEN, 0, 1.0)), is("| noticed, median s | 2 | - | no |"));
    }

    @Test
    void aCaseThatWasNotRunHasNoRow() {
        assertThat(MEDIAN.row(List.of(measured(STREAM.withScale(8), Figure.MEDIAN, 0, 1.0))), is(Optional.empty()));
    }

    @Test
    void eachTargetIsAboutExactlyOneCaseOfTheWholeBenchmark() {
        for (Target each : Target.ALL) {
            List<Case> cases =
                    Plan.full().stream().map(Plan.Entry::of).filter(each.of()).toList();
            assertThat(each.what(), cases, hasSize(1));
            assertThat(each.what(), cases.get(0).way(), is(Case.Way.PLUGIN));
        }
    }

    @Test
    void theTableOfCasesHasACellForEachTitle() {
        String[] lines = Measured.head().split("\n");
        String row = measured(STREAM, Figure.MEDIAN, 0, 1.0).row();
        int cells = row.split("\\|").length;
        assertThat(lines[0].split("\\|").length, equalTo(cells));
        assertThat(lines[1].split("\\|").length, equalTo(cells));
        assertThat(row, not(containsString("fixed")));
    }
}
