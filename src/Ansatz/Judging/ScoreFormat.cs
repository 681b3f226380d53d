using System.Globalization;

namespace Ansatz;

/// <summary>How scores are written for people: in points of a hundred on the scales binary and unit, as plain numbers on the scale real.</summary>
/// <remarks>All numbers of one table share their number of decimals. Minus is the ASCII hyphen.</remarks>
public sealed class ScoreFormat
{
    private readonly double _factor;
    private readonly string _format;

    private ScoreFormat(Scale scale, string format)
    {
        Scale = scale;
        _factor = scale == Scale.Real ? 1 : 100;
        _format = format;
    }

    /// <summary>The scale of the scores.</summary>
    public Scale Scale { get; }

    /// <summary>What a difference is counted in, with a space before it: " points"; nothing on the scale real.</summary>
    public string Unit => Scale == Scale.Real ? "" : " points";

    /// <summary>The format of a verdict's numbers.</summary>
    public static ScoreFormat Of(Verdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        Interval difference = verdict.AgainstYours.Interval;
        return Of(verdict.Scale, [.. verdict.Rows.Select(r => r.Mean)], difference.High - difference.Low);
    }

    /// <summary>The format of numbers like these.</summary>
    /// <param name="scale">The scale of the scores.</param>
    /// <param name="values">The numbers; they count on the scale real alone.</param>
    /// <param name="resolution">A difference of which three digits shall be seen; by default the largest number.</param>
    public static ScoreFormat Of(Scale scale, IReadOnlyCollection<double> values, double? resolution = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (scale != Scale.Real)
        {
            return new(scale, "0.0");
        }

        double largest = values.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max();
        double step = resolution is { } r && double.IsFinite(r) && r > 0 ? r : largest;
        int decimals = step > 0 ? Math.Max(0, 2 - (int)Math.Floor(Math.Log10(step))) : 2;
        return new(scale, largest >= 1e9 || decimals > 6 ? "0.000e+0" : "#,0." + new string('0', decimals));
    }

    /// <summary>A score or a difference: "91.0", "-0.9"; "none" where it is not a number.</summary>
    public string Number(double score)
    {
        if (!double.IsFinite(score))
        {
            return "none";
        }

        string text = (score * _factor).ToString(_format, CultureInfo.InvariantCulture);
        return text.StartsWith('-') && !text.AsSpan().ContainsAnyInRange('1', '9') ? text[1..] : text; // no "-0.0"
    }

    /// <summary>A difference with its sign: "+41.0".</summary>
    public string WithSign(double difference)
    {
        string text = Number(difference);
        return difference > 0 && text.AsSpan().ContainsAnyInRange('1', '9') ? "+" + text : text;
    }

    /// <summary>"34.4 to 47.1".</summary>
    public string Range(Interval interval) =>
        double.IsFinite(interval.Low) && double.IsFinite(interval.High)
            ? $"{Number(interval.Low)} to {Number(interval.High)}"
            : "no interval";
}
