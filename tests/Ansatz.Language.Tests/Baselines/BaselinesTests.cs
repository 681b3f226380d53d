using System.Collections.Immutable;

namespace Ansatz.Language.Tests;

public sealed class BaselinesTests
{
    [Fact]
    public void Majority_TakesTheMostFrequentAnswer()
    {
        DataSplits splits = DataSplits.Of(
            Dataset.FromRows([("a", "no"), ("b", "yes"), ("c", "no")], "train"),
            Dataset.FromRows([("d", "no"), ("e", "yes")], "validation"),
            Dataset.FromRows([("f", "yes"), ("g", "no")], "test"));

        MajorityBaseline majority = new(splits);

        Assert.Equal("majority class", majority.Name);
        Assert.Equal(0.6, majority.ValidationScore, 12);
        Assert.Equal([new Scored(0, "no"), new Scored(1, "no")], majority.Test());
        Assert.Empty(majority.LearningCurve());
    }

    [Fact]
    public void NaiveBayes_FourTexts_HandWorked()
    {
        DataSplits splits = DataSplits.Of(
            Dataset.FromRows([("good good phone", "praise"), ("Bad case", "complaint")], "train"),
            Dataset.FromRows([("it's good", "praise")], "validation"),
            Dataset.FromRows([("A good CASE!", "praise")], "test"));

        Scored scored = Assert.IsType<Scored>(new NaiveBayesBaseline(splits, seed: 1).Test().Single());

        // V = {good, phone, bad, case, it's} = 5; praise has 5 words (good 3), complaint 2 (case 1); "a" is unknown. Priors 3/5 and 2/5.
        double praise = 3.0 / 5 * (4.0 / 10) * (1.0 / 10);
        double complaint = 2.0 / 5 * (1.0 / 7) * (2.0 / 7);
        Assert.Equal(praise / (praise + complaint), scored.Probability!.Value, 12);
        Assert.Equal((1, "praise"), (scored.Score, scored.Output));
    }

    [Fact]
    public void NaiveBayes_Reviews_FiguresKnownFromElsewhere()
    {
        Dataset reviews = TestFiles.Reviews();

        double on120 = Enumerable.Range(0, 10).Average(s => new NaiveBayesBaseline(reviews.Split(40, 80, 300, s), s).Test().MeanScore(Scale.Binary)!.Value);
        double on40 = Enumerable.Range(0, 10).Average(s => new NaiveBayesBaseline(reviews.Split(20, 20, 300, s), s).Test().MeanScore(Scale.Binary)!.Value);

        Assert.InRange(on120, 0.67, 0.73); // about .70
        Assert.InRange(on40, 0.60, 0.66); // about .63
    }

    [Fact]
    public void NaiveBayes_SixIntents_FiguresKnownFromElsewhere()
    {
        Dataset bank6 = TestFiles.Bank6();

        double on36 = Enumerable.Range(0, 10).Average(s => new NaiveBayesBaseline(bank6.Split(30, 6, 200, s), s).Test().MeanScore(Scale.Binary)!.Value);

        Assert.InRange(on36, 0.76, 0.89); // .83 on other splits of the whole set
    }

    [Fact]
    public void NaiveBayes_Learnt_ComesWithCrossValidationAndCurve()
    {
        NaiveBayesBaseline bayes = new(TestFiles.Reviews().Split(40, 80, 300, seed: 1), seed: 1);

        ImmutableArray<CurvePoint> curve = bayes.LearningCurve();

        Assert.Equal("naive Bayes on the same 120 labels", bayes.Name);
        Assert.InRange(bayes.ValidationScore, 0.5, 0.8); // one that had seen the items it predicts would be near 1
        Assert.Equal(bayes.ValidationScore, new NaiveBayesBaseline(TestFiles.Reviews().Split(40, 80, 300, seed: 1), seed: 1).ValidationScore);
        Assert.Equal([15, 30, 60, 120], curve.Select(p => p.Labels));
        Assert.True(curve[0].Mean < curve[3].Mean);
        Assert.Equal(bayes.Test().MeanScore(Scale.Binary), curve[3].Mean);
        Assert.All(curve, p => Assert.InRange(p.Mean, p.Low, p.High));
    }
}
