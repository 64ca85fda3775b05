package io.jenkins.plugins.gitpod.page;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.function.ToLongFunction;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** A bar of a chart, in percent of the chart's width and height, as attributes of SVG. */
@Restricted(NoExternalUse.class)
public final class ChartBar {

    private static final double ALL = 100;
    private static final double FILLED = 0.8;

    /** A value of 0 is visible. */
    private static final double LOWEST = 2;

    private final PrebuildSummary prebuild;
    private final double x;
    private final double width;
    private final double height;

    private ChartBar(PrebuildSummary prebuild, double x, double width, double height) {
        this.prebuild = prebuild;
        this.x = x;
        this.width = width;
        this.height = height;
    }

    /** The bar number {@code index} of {@code count}. */
    @NonNull
    static ChartBar of(
            @NonNull PrebuildSummary prebuild,
            @NonNull ToLongFunction<PrebuildSummary> value,
            long highest,
            int index,
            int count) {
        double place = ALL / count;
        double share = highest == 0 ? 0 : (double) value.applyAsLong(prebuild) / highest;
        return new ChartBar(prebuild, index * place, place * FILLED, Math.max(LOWEST, share * ALL));
    }

    @NonNull
    public PrebuildSummary getPrebuild() {
        return prebuild;
    }

    @NonNull
    public String getX() {
        return percent(x);
    }

    @NonNull
    public String getY() {
        return percent(ALL - height);
    }

    @NonNull
    public String getWidth() {
        return percent(width);
    }

    @NonNull
    public String getHeight() {
        return percent(height);
    }

    private static String percent(double value) {
        return Math.round(value * 10) / 10.0 + "%";
    }
}
